import { userCreated } from '../event-patterns.ts'
import { absent, unordered } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { created, duplicate, found, listOf, urns } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { profileOf } from './person.ts'
import { findUsers } from './requests.ts'

const noor: Person = { key: 'noor', givenName: 'Noor', familyName: 'Haddad' }
const login = loginOf(noor)
const profile = profileOf(noor)

/** Enterprise attributes arrive at the top level too, as nulls; the manager is a bare string, as in Microsoft's sample. */
const nulls = { addresses: null, phoneNumbers: null, title: null, department: null, manager: null }
const misspelt = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'

const stored = {
  ...profile,
  schemas: unordered([urns.user, urns.enterpriseUser]),
  roles: absent,
  addresses: absent,
  phoneNumbers: absent,
  title: absent,
  department: absent,
  manager: absent,
  [urns.enterpriseUser]: { employeeNumber: 'E-100', manager: { value: '{{guid:manager}}' } },
}

const create: Step = {
  name: 'create with nulls, an unknown schema and a bare manager',
  method: 'POST',
  path: '/Users',
  body: {
    ...profile,
    ...nulls,
    schemas: [urns.user, urns.enterpriseUser, misspelt],
    meta: { resourceType: 'User' },
    roles: [],
    [urns.enterpriseUser]: { employeeNumber: 'E-100', department: null, manager: '{{guid:manager}}' },
  },
  expect: created('User', 'noorId', stored),
  capture: { noorId: 'id' },
}

export const legacyProvisioning: Transcript = {
  name: 'entra/legacy-provisioning',
  idp: 'entra',
  dialect: legacy,
  about: 'Test connection, look-ups by userName and externalId, a create as untidy as Entra sends it, a duplicate.',
  evidence: [facts.lookUps, facts.untidyCreate],
  flags: ['wrapSimpleAsComplex', 'ignoreUnknownSchemas', 'unprefixedExtensionAttributes', 'acceptUnknownManagers'],
  steps: [
    findUsers('test connection', 'userName eq "{{guid:probe}}"', listOf()),
    findUsers('look up by externalId', 'externalId eq "{{guid:noor}}"', listOf()),
    create,
    findUsers('look up by userName', `userName eq "${login}"`, listOf({ id: '{{noorId}}', userName: login })),
    findUsers('look up in another case', 'userName eq "NOOR.{{run}}@Example.TEST"', listOf({ id: '{{noorId}}' })),
    findUsers('find by externalId', 'externalId eq "{{guid:noor}}"', listOf({ id: '{{noorId}}' })),
    { ...create, name: 'create the same user again', expect: duplicate, capture: {} },
    {
      name: 'check the manager',
      method: 'GET',
      path: '/Users',
      query: { filter: 'id eq "{{noorId}}" and manager eq "{{guid:manager}}"', attributes: 'id' },
      expect: listOf({ id: '{{noorId}}', userName: absent }),
    },
    findUsers('check another manager', 'id eq "{{noorId}}" and manager eq "{{guid:stranger}}"', listOf()),
  ],
  finalState: {
    resources: [{ name: 'noor', path: '/Users/{{noorId}}', expect: found(stored) }],
    events: userCreated(
      'noor',
      {
        email: login,
        username: login,
        firstName: 'Noor',
        lastName: 'Haddad',
        idpId: '{{guid:noor}}',
        profile: { employeeId: 'E-100', manager: '{{guid:manager}}' },
      },
      { userName: login, roles: absent, title: absent },
    ),
    users: [{ name: 'noor', id: '{{noorPerson}}', match: { state: 'active', email: login } }],
  },
}
