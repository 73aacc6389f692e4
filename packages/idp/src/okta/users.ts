import { userUpdated } from '../event-patterns.ts'
import { absent, anyArray, anyInteger, anyString, not, unset } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { duplicate, found, listOf, pageOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { catalogueApp } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep, profileOf } from './person.ts'

const ilse: Person = { key: 'ilse', givenName: 'Ilse', familyName: 'Brandt' }
const login = loginOf(ilse)
const profile = profileOf(ilse)
const probe = { filter: `userName eq "${login}"`, startIndex: '1', count: '100' }

/** A PUT follows a GET and sends everything back that it read, `id` and `meta` included. */
const wholeObject = { ...profile, id: '{{ilseId}}', meta: '{{meta}}' }

const changedProfile = {
  schemas: [urns.user, urns.enterpriseUser],
  name: { givenName: 'Ilse', familyName: 'Brandt-Okafor' },
  displayName: 'Ilse Brandt-Okafor',
  title: 'Staff Engineer',
  phoneNumbers: [{ primary: true, type: 'work', value: '+49 30 5550 100' }],
  [urns.enterpriseUser]: { employeeNumber: 'E-4711', department: 'Platform', costCenter: 'CC-9' },
}

export const users: Transcript = {
  name: 'okta/users',
  idp: 'okta',
  dialect: catalogueApp,
  about: 'Connection test, look-up, create, duplicate, import, and profile updates by PUT of the whole object.',
  evidence: [facts.users],
  flags: [],
  steps: [
    {
      name: 'connection test',
      method: 'GET',
      path: '/Users',
      query: { count: '1', startIndex: '1' },
      expect: pageOf(anyInteger, anyArray),
    },
    { name: 'look up before create', method: 'GET', path: '/Users', query: probe, expect: listOf() },
    createStep(ilse),
    { ...createStep(ilse), name: 'create the same user again', expect: duplicate, capture: {} },
    {
      name: 'look up after create',
      method: 'GET',
      path: '/Users',
      query: probe,
      expect: listOf({ id: '{{ilseId}}', userName: login }),
    },
    {
      name: 'connection test on a directory with users',
      method: 'GET',
      path: '/Users',
      query: { count: '1', startIndex: '1' },
      expect: pageOf(1, [{ id: anyString, userName: anyString }]),
    },
    {
      name: 'import page',
      method: 'GET',
      path: '/Users',
      query: { startIndex: '1', count: '100' },
      expect: pageOf(anyInteger, anyArray),
    },
    {
      name: 'read before update',
      method: 'GET',
      path: '/Users/{{ilseId}}',
      expect: found({ ...profile, groups: absent }),
      capture: { meta: 'meta', version: 'meta.version' },
    },
    {
      name: 'put what was read',
      method: 'PUT',
      path: '/Users/{{ilseId}}',
      body: { ...wholeObject, groups: [] },
      expect: found({ ...profile, id: '{{ilseId}}', meta: '{{meta}}' }),
    },
    {
      name: 'put a changed profile',
      method: 'PUT',
      path: '/Users/{{ilseId}}',
      body: { ...wholeObject, ...changedProfile, groups: [] },
      expect: found({ ...profile, ...changedProfile, id: '{{ilseId}}', meta: { version: not('{{version}}') } }),
    },
  ],
  finalState: {
    resources: [
      {
        name: 'the changed profile',
        path: '/Users/{{ilseId}}',
        expect: found({ ...profile, ...changedProfile, groups: absent }),
      },
    ],
    events: [
      ...createEvents(ilse),
      ...userUpdated('ilse', {
        lastName: { from: 'Brandt', to: 'Brandt-Okafor' },
        title: { from: unset, to: 'Staff Engineer' },
        phoneNumber: { from: unset, to: '+49 30 5550 100' },
        employeeId: { from: unset, to: 'E-4711' },
        department: { from: unset, to: 'Platform' },
        costCenter: { from: unset, to: 'CC-9' },
      }),
    ],
    users: [
      {
        name: 'ilse',
        id: '{{ilsePerson}}',
        match: { email: login, lastName: 'Brandt-Okafor', state: 'active', profile: { department: 'Platform' } },
      },
    ],
  },
}
