import { userDeactivated, userReactivated } from '../event-patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { found, listOf, patchOf } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { catalogueApp } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'

const tomas: Person = { key: 'tomas', givenName: 'Tomas', familyName: 'Varga' }

function setActive(name: string, active: boolean): Step {
  return {
    name,
    method: 'PATCH',
    path: '/Users/{{tomasId}}',
    body: patchOf({ op: 'replace', value: { active } }),
    expect: found({ id: '{{tomasId}}', active }),
  }
}

export const lifecycle: Transcript = {
  name: 'okta/lifecycle',
  idp: 'okta',
  dialect: catalogueApp,
  about:
    'Unassign, repeat, assign again, push a password: no-path replaces of one attribute. Okta never deletes a user.',
  evidence: [facts.users, facts.activation, facts.passwordShape],
  flags: [],
  steps: [
    createStep(tomas),
    setActive('deactivate', false),
    setActive('deactivate again', false),
    {
      name: 'a deactivated user is still found',
      method: 'GET',
      path: '/Users',
      query: { filter: `userName eq "${loginOf(tomas)}"`, startIndex: '1', count: '100' },
      expect: listOf({ id: '{{tomasId}}', active: false }),
    },
    setActive('reactivate', true),
    {
      name: 'push a password',
      method: 'PATCH',
      path: '/Users/{{tomasId}}',
      body: patchOf({ op: 'replace', value: { password: 'Pw2-{{guid:newPassword}}' } }),
      expect: found({ id: '{{tomasId}}', active: true }),
    },
    setActive('deactivate for good', false),
  ],
  finalState: {
    resources: [{ name: 'tomas is inactive', path: '/Users/{{tomasId}}', expect: found({ active: false }) }],
    events: [
      ...createEvents(tomas),
      ...userDeactivated('tomas'),
      ...userReactivated('tomas'),
      ...userDeactivated('tomas'),
    ],
    users: [{ name: 'tomas', id: '{{tomasPerson}}', match: { state: 'inactive', email: loginOf(tomas) } }],
  },
}
