import { groupCreated, usersAdded, usersRemoved } from '../src/event-patterns.ts'
import { anyString, endsWith, unordered } from '../src/patterns.ts'
import { patchOf } from '../src/scim-messages.ts'
import type { Step, Transcript } from '../src/transcript.ts'

function create(key: string): Step {
  return {
    name: `create ${key}`,
    method: 'POST',
    path: '/Users',
    body: { userName: `${key}.{{run}}` },
    expect: {
      status: 201,
      headers: { location: endsWith(`/Users/{{${key}Id}}`) },
      body: { id: anyString, userName: `${key}.{{run}}` },
    },
    capture: { [`${key}Id`]: 'id' },
  }
}

function created(key: string) {
  return {
    type: 'directory.user.created',
    match: { user: { username: `${key}.{{run}}`, state: 'active' } },
    capture: { [`${key}Person`]: 'user.id' },
  }
}

/** Two users, a group, one of them leaves: within what the double can do. */
export const sample: Transcript = {
  name: 'sample',
  idp: 'entra',
  dialect: {
    name: 'sample dialect',
    headers: { 'user-agent': 'sample client' },
    contentType: 'application/scim+json',
    query: { flag: null },
    space: '+',
    mediaType: 'application/scim+json',
  },
  about: 'Enough to prove that the player notices.',
  evidence: [],
  flags: [],
  steps: [
    create('ann'),
    create('ben'),
    {
      name: 'look up ann',
      method: 'GET',
      path: '/Users',
      query: { filter: 'userName eq "ann.{{run}}"' },
      expect: { status: 200, body: { totalResults: 1, Resources: [{ id: '{{annId}}' }] } },
    },
    {
      name: 'create the group',
      method: 'POST',
      path: '/Groups',
      body: { displayName: 'Team {{run}}' },
      expect: { status: [200, 201], body: { displayName: 'Team {{run}}' } },
      capture: { teamId: 'id' },
    },
    {
      name: 'add both',
      method: 'PATCH',
      path: '/Groups/{{teamId}}',
      body: patchOf({ op: 'Add', path: 'members', value: [{ value: '{{annId}}' }, { value: '{{benId}}' }] }),
      expect: { status: 204 },
    },
    {
      name: 'remove ben',
      method: 'PATCH',
      path: '/Groups/{{teamId}}',
      body: patchOf({ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{{benId}}' }] }),
      expect: { status: 204 },
    },
  ],
  finalState: {
    resources: [
      {
        name: 'ann is the only member',
        path: '/Groups/{{teamId}}',
        expect: { status: 200, body: { members: unordered([{ value: '{{annId}}', type: 'User' }]) } },
      },
    ],
    events: [
      created('ann'),
      created('ben'),
      groupCreated('team', 'Team {{run}}'),
      usersAdded('team', 'ben', 'ann'),
      usersRemoved('team', 'ben'),
    ],
    users: [{ name: 'ann', id: '{{annPerson}}', match: { username: 'ann.{{run}}', state: 'active' } }],
  },
}
