import { groupCreated } from '../event-patterns.ts'
import { anyInteger, anyString, contains } from '../patterns.ts'
import type { Person } from '../person.ts'
import { createGroup, get } from '../requests.ts'
import { pageOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { entitlements } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'

const tove: Person = { key: 'tove', givenName: 'Tove', familyName: 'Falk' }
const groupName = 'Auditors {{run}}'
const one = { count: '1', startIndex: '1' }

export const entitlementsProbe: Transcript = {
  name: 'okta/entitlements-probe',
  idp: 'okta',
  dialect: entitlements,
  about: 'Discovery, then one resource of every endpoint found there; Muster has users and groups, no entitlements.',
  evidence: [facts.entitlementProbe, facts.groupPush],
  flags: [],
  steps: [
    createStep(tove),
    createGroup(
      'create a group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    get(
      'resource types',
      '/ResourceTypes',
      {},
      {
        status: 200,
        body: {
          schemas: [urns.listResponse],
          totalResults: anyInteger,
          Resources: contains([
            { name: 'User', endpoint: '/Users', schema: urns.user },
            { name: 'Group', endpoint: '/Groups', schema: urns.group },
          ]),
        },
      },
    ),
    get(
      'schemas',
      '/Schemas',
      {},
      {
        status: 200,
        body: {
          schemas: [urns.listResponse],
          Resources: contains([{ id: urns.user }, { id: urns.group }, { id: urns.enterpriseUser }]),
        },
      },
    ),
    get('one user', '/Users', one, pageOf(1, [{ id: anyString }])),
    get('one group', '/Groups', one, pageOf(1, [{ id: anyString }])),
  ],
  finalState: {
    resources: [{ name: 'one group', path: '/Groups', query: one, expect: pageOf(1, [{ id: anyString }]) }],
    events: [...createEvents(tove), groupCreated('team', groupName)],
  },
}
