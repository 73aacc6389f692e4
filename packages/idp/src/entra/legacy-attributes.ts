import { userCreated, userUpdated } from '../event-patterns.ts'
import { absent, exactly, unordered, unset } from '../patterns.ts'
import { patchUser } from '../requests.ts'
import { created, found, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { enterprise } from './requests.ts'

/** No address, so that nothing could stand in for the missing email. */
const userName = 'rui.{{run}}'
const mail = 'rui.costa.{{run}}@example.test'
const newMail = 'rui.almeida.{{run}}@example.test'
const mobile = { type: 'mobile', value: '+351 21 555 0101' }
const desk = { type: 'work', value: '+351 21 555 0102' }
const address = { type: 'work', streetAddress: 'Rua Nova 7', locality: 'Porto', postalCode: '4000-001', country: 'PT' }

export const legacyAttributes: Transcript = {
  name: 'entra/legacy-attributes',
  idp: 'entra',
  dialect: legacy,
  about: 'PATCH by value path on elements that are not there yet, by URN, and by Remove. The user starts without any.',
  evidence: [facts.legacyPatch, facts.missingElement],
  flags: ['anyCaseOp', 'createOnValuePathMiss'],
  steps: [
    {
      name: 'create without email',
      method: 'POST',
      path: '/Users',
      body: {
        schemas: [urns.user, urns.enterpriseUser],
        externalId: '{{guid:rui}}',
        userName,
        active: true,
        meta: { resourceType: 'User' },
        name: { givenName: 'Rui', familyName: 'Costa' },
        roles: [],
      },
      expect: created('User', 'ruiId', { userName, emails: absent }),
      capture: { ruiId: 'id' },
    },
    patchUser(
      'add email, phone and enterprise attributes',
      'rui',
      {
        emails: [exactly({ type: 'work', value: mail })],
        phoneNumbers: [exactly(mobile)],
        title: 'Analyst',
        [urns.enterpriseUser]: exactly({ employeeNumber: '7', department: 'Finance' }),
      },
      { op: 'Add', path: 'emails[type eq "work"].value', value: mail },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: mobile.value },
      { op: 'Add', path: `${urns.user}:title`, value: 'Analyst' },
      { op: 'Add', path: enterprise('employeeNumber'), value: '7' },
      { op: 'Add', path: enterprise('department'), value: 'Finance' },
    ),
    patchUser(
      'build one address out of four operations',
      'rui',
      { addresses: [exactly(address)] },
      { op: 'Add', path: 'addresses[type eq "work"].streetAddress', value: address.streetAddress },
      { op: 'Add', path: 'addresses[type eq "work"].locality', value: address.locality },
      { op: 'Replace', path: 'addresses[type eq "work"].postalCode', value: address.postalCode },
      { op: 'Add', path: 'addresses[type eq "work"].country', value: address.country },
      { op: 'Add', path: enterprise('costCenter'), value: 'CC-3' },
    ),
    patchUser(
      'replace values, one of them missing so far',
      'rui',
      { emails: [exactly({ type: 'work', value: newMail })], phoneNumbers: unordered([mobile, desk]) },
      { op: 'Replace', path: 'name.familyName', value: 'Almeida' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: newMail },
      { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: desk.value },
      { op: 'Replace', path: enterprise('department'), value: 'Treasury' },
    ),
    patchUser('remove the title', 'rui', { title: absent }, { op: 'Remove', path: 'title' }),
  ],
  finalState: {
    resources: [
      {
        name: 'rui',
        path: '/Users/{{ruiId}}',
        expect: found({
          schemas: [urns.user, urns.enterpriseUser],
          name: { givenName: 'Rui', familyName: 'Almeida' },
          emails: [exactly({ type: 'work', value: newMail })],
          phoneNumbers: unordered([exactly(mobile), exactly(desk)]),
          addresses: [exactly(address)],
          title: absent,
          [urns.enterpriseUser]: exactly({ employeeNumber: '7', department: 'Treasury', costCenter: 'CC-3' }),
        }),
      },
    ],
    events: [
      ...userCreated('rui', { email: unset, username: userName, firstName: 'Rui', lastName: 'Costa' }),
      ...userUpdated('rui', {
        email: { from: unset, to: mail },
        phoneNumber: { from: unset, to: mobile.value },
        title: { from: unset, to: 'Analyst' },
        employeeId: { from: unset, to: '7' },
        department: { from: unset, to: 'Finance' },
      }),
      ...userUpdated('rui', { location: { from: unset, to: 'Porto' }, costCenter: { from: unset, to: 'CC-3' } }),
      ...userUpdated('rui', {
        lastName: { from: 'Costa', to: 'Almeida' },
        email: { from: mail, to: newMail },
        phoneNumber: { from: mobile.value, to: desk.value },
        department: { from: 'Finance', to: 'Treasury' },
      }),
      // A value that is withdrawn and provided by nobody else stays with the person.
      {
        type: 'directory.user.synced',
        match: { user: { id: '{{ruiPerson}}', profile: { title: 'Analyst' } }, rawAttributes: { title: absent } },
      },
    ],
    users: [{ name: 'rui', id: '{{ruiPerson}}', match: { email: newMail, profile: { phoneNumber: desk.value } } }],
  },
}
