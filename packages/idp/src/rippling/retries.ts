import { userDeactivated, userDeleted, userUpdated } from '../event-patterns.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { deleteTwice, get, patchUser } from '../requests.ts'
import { duplicate, listOf, notFound } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { customIntegration } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const ezra: Person = { key: 'ezra', givenName: 'Ezra', familyName: 'Cole' }

const rename = patchUser(
  'rename',
  'ezra',
  { name: { givenName: 'Ezra', familyName: 'Cole-Adeyemi' } },
  { op: 'replace', path: 'name.familyName', value: 'Cole-Adeyemi' },
)
const deactivate = patchUser('deactivate', 'ezra', { active: false }, { op: 'replace', path: 'active', value: false })

/** The same request once more must answer as before and change nothing: not the version either. */
function twice(step: Step): Step[] {
  const again = { ...step, name: `${step.name}, again`, expect: { ...step.expect, headers: { etag: '{{etag}}' } } }
  return [{ ...step, capture: { etag: 'meta.version' } }, again]
}

export const retries: Transcript = {
  name: 'rippling/retries',
  idp: 'rippling',
  dialect: customIntegration,
  about: 'Every request arrives twice, as after a lost answer; nothing happens twice.',
  evidence: [facts.attributes, facts.retries, facts.requests],
  flags: [],
  steps: [
    createStep(ezra),
    { ...createStep(ezra), name: 'create ezra, again', expect: duplicate, capture: {} },
    get(
      'look up after the conflict',
      '/Users',
      { filter: `userName eq "${loginOf(ezra)}"` },
      listOf({ id: '{{ezraId}}' }),
    ),
    ...twice(rename),
    ...twice(deactivate),
    ...deleteTwice('Users', 'ezra'),
  ],
  finalState: {
    resources: [{ name: 'ezra is gone', path: '/Users/{{ezraId}}', expect: notFound }],
    events: [
      ...createdEvents(ezra, { idpId: 'rp-ezra-{{run}}', profile: { employeeId: '2041' } }),
      ...userUpdated('ezra', { lastName: { from: 'Cole', to: 'Cole-Adeyemi' } }),
      ...userDeactivated('ezra'),
      userDeleted('ezra'),
    ],
  },
}
