import { userDeactivated } from '../event-patterns.ts'
import { anyArray, anyInteger, unordered } from '../patterns.ts'
import type { Person } from '../person.ts'
import { patchUser } from '../requests.ts'
import { listOf, pageOf } from '../scim-messages.ts'
import type { AnswerExpectation, Query, Step, Transcript } from '../transcript.ts'
import { inbound } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'

const lea: Person = { key: 'lea', givenName: 'Lea', familyName: 'Moreau' }
const max: Person = { key: 'max', givenName: 'Max', familyName: 'Ott' }
const people = [lea, max]

/** Seven digits of a second, as .NET writes them. */
const longAgo = '2015-09-01T00:00:00.0000001Z'
const farOff = '2999-12-31T23:59:59.9999999Z'

function window(from: string, to: string, active = 'active'): string {
  return `${active} eq true and (meta.lastModified ge "${from}" and meta.lastModified le "${to}")`
}

function poll(name: string, query: Query, expect: AnswerExpectation): Step {
  return { name, method: 'GET', path: '/Users', query: { count: '5', startIndex: '1', ...query }, expect }
}

const both: AnswerExpectation = {
  status: 200,
  body: {
    totalResults: 2,
    startIndex: 1,
    itemsPerPage: 2,
    Resources: unordered([{ id: '{{leaId}}' }, { id: '{{maxId}}' }]),
  },
}

export const inboundPoller: Transcript = {
  name: 'entra/inbound-poller',
  idp: 'entra',
  dialect: inbound,
  about:
    'Polls what changed in a window of time: nested filter, odd case of an attribute, seven-digit fractions, page 0.',
  evidence: [facts.inboundPoller],
  flags: [],
  steps: [
    { ...createStep(lea), capture: { leaId: 'id', since: 'meta.created' } },
    createStep(max),
    poll('everybody active since the first of them', { filter: window('{{since}}', farOff) }, both),
    poll('the attribute in an odd case', { filter: window('{{since}}', farOff, 'ActiVe') }, both),
    poll('a window long ago', { filter: window('2015-09-01T00:00:00.0000000Z', longAgo) }, listOf()),
    poll('a window that ended before', { filter: window(longAgo, '2015-10-01T00:00:00.0000000+02:00') }, listOf()),
    poll('from index 0', { filter: window('{{since}}', farOff), startIndex: '0' }, both),
    poll('a wide window', { filter: window(longAgo, farOff) }, pageOf(anyInteger, anyArray)),
    patchUser('max leaves', 'max', { active: false }, { op: 'replace', path: 'active', value: false }),
    poll('only the active', { filter: window('{{since}}', farOff) }, listOf({ id: '{{leaId}}' })),
  ],
  finalState: {
    resources: [
      {
        name: 'the inactive',
        path: '/Users',
        query: { filter: 'active eq false and meta.lastModified ge "{{since}}"' },
        expect: listOf({ id: '{{maxId}}', active: false }),
      },
    ],
    events: [...people.flatMap(createEvents), ...userDeactivated('max')],
  },
}
