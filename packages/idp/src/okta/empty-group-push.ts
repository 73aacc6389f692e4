import { groupCreated, usersAdded, usersRemoved } from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { absent, unordered } from '../patterns.ts'
import { memberOf, type Person } from '../person.ts'
import { created, done, found, patchOf, urns } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { catalogueApp } from './dialect.ts'
import { facts } from './evidence.ts'
import { addMembers, pushed } from './group-members.ts'
import { createEvents, createStep } from './person.ts'

const dina: Person = { key: 'dina', givenName: 'Dina', familyName: 'Haddad' }
const emil: Person = { key: 'emil', givenName: 'Emil', familyName: 'Sorensen' }
const people = [dina, emil]
const groupName = 'Contractors {{run}}'

function patchTeam(name: string, operation: JsonObject): Step {
  return { name, method: 'PATCH', path: '/Groups/{{teamId}}', body: patchOf(operation), expect: done }
}

function readTeam(name: string, members: JsonObject): Step {
  return { name, method: 'GET', path: '/Groups/{{teamId}}', expect: found({ displayName: groupName, members }) }
}

const replaceByPath = { op: 'replace', path: 'members', value: [] }
const replaceWithoutPath = { op: 'replace', value: { members: [], id: '{{teamId}}', displayName: groupName } }

export const emptyGroupPush: Transcript = {
  name: 'okta/empty-group-push',
  idp: 'okta',
  dialect: catalogueApp,
  about:
    'A group created with its members, then pushed empty in both forms that Okta uses; servers tend to ignore one.',
  evidence: [facts.groupPush, facts.emptyGroupByPath, facts.emptyGroupWithoutPath],
  flags: ['ignoreReadOnlyInValue'],
  steps: [
    ...people.map(createStep),
    {
      name: 'create the group with members',
      method: 'POST',
      path: '/Groups',
      body: { schemas: [urns.group], displayName: groupName, members: pushed(dina, emil) },
      expect: created('Group', 'teamId', { displayName: groupName }),
      capture: { teamId: 'id' },
    },
    readTeam('both are members', unordered(people.map(memberOf))),
    patchTeam('push it empty, by path', replaceByPath),
    readTeam('nobody is a member', absent),
    patchTeam('push it empty again', replaceByPath),
    addMembers('push emil', 'team', emil),
    readTeam('emil is a member', unordered([memberOf(emil)])),
    patchTeam('push it empty, without path', replaceWithoutPath),
  ],
  finalState: {
    resources: [
      {
        name: 'the group has no members',
        path: '/Groups/{{teamId}}',
        expect: found({ displayName: groupName, members: absent }),
      },
    ],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'dina', 'emil'),
      usersRemoved('team', 'dina', 'emil'),
      usersAdded('team', 'emil'),
      usersRemoved('team', 'emil'),
    ],
    users: [{ name: 'emil', id: '{{emilPerson}}', match: { state: 'active', groups: [] } }],
  },
}
