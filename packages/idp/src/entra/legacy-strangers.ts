import { groupCreated, usersAdded } from '../event-patterns.ts'
import { memberOf, type Person } from '../person.ts'
import { createGroup, readMembers } from '../requests.ts'
import { found, listOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { findUsers, patchGroup } from './requests.ts'

const jo: Person = { key: 'jo', givenName: 'Jo', familyName: 'Young' }
const groupName = 'Newcomers {{run}}'

export const legacyStrangers: Transcript = {
  name: 'entra/legacy-strangers',
  idp: 'entra',
  dialect: legacy,
  about: 'A look-up without quotes, as documented, and a membership of somebody the directory does not know.',
  evidence: [facts.unquoted, facts.race, facts.legacyPatch],
  flags: ['anyCaseOp', 'unquotedFilterValues', 'ignoreUnknownMembers'],
  steps: [
    createStep(jo),
    findUsers('look up without quotes', 'externalId eq {{guid:jo}}', listOf({ id: '{{joId}}' })),
    findUsers('a stranger, without quotes', 'externalId eq {{guid:stranger}}', listOf()),
    createGroup(
      'create the group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    patchGroup('add jo and a stranger', 'team', {
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: '{{joId}}' },
        { $ref: null, value: '{{guid:stranger}}' },
      ],
    }),
    readMembers('jo is the only member', 'team', jo),
  ],
  finalState: {
    resources: [{ name: 'the group', path: '/Groups/{{teamId}}', expect: found({ members: [memberOf(jo)] }) }],
    events: [...createEvents(jo), groupCreated('team', groupName), usersAdded('team', 'jo')],
  },
}
