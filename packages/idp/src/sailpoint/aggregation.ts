import { anyInteger, anyString, contains, endsWith, not } from '../patterns.ts'
import { createdEvents, type Person } from '../person.ts'
import { get } from '../requests.ts'
import { found, urns } from '../scim-messages.ts'
import type { AnswerExpectation, Transcript } from '../transcript.ts'
import { connector } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const ivy: Person = { key: 'ivy', givenName: 'Ivy', familyName: 'Chan' }
const jude: Person = { key: 'jude', givenName: 'Jude', familyName: 'Walsh' }
const people = [ivy, jude]

function page(startIndex: number | string, resources: AnswerExpectation['body']): AnswerExpectation {
  const counts = { totalResults: anyInteger, startIndex, itemsPerPage: anyInteger }
  return { status: 200, body: { schemas: [urns.listResponse], ...counts, Resources: resources ?? [] } }
}

function typeOf(name: 'User' | 'Group', schema: string): AnswerExpectation {
  const meta = { resourceType: 'ResourceType', location: endsWith(`/ResourceTypes/${name}`) }
  return found({ name, endpoint: `/${name}s`, schema, meta })
}

const described = { name: anyString, attributes: contains([{ name: anyString, type: anyString, multiValued: false }]) }

export const aggregation: Transcript = {
  name: 'sailpoint/aggregation',
  idp: 'sailpoint',
  dialect: connector,
  about: 'Discovers what there is, then reads accounts page by page, to the last one and beyond.',
  evidence: [facts.discovery, facts.operations, facts.paging],
  flags: [],
  steps: [
    get(
      'capabilities',
      '/ServiceProviderConfig',
      {},
      found({ patch: { supported: true }, filter: { supported: true, maxResults: anyInteger } }),
    ),
    get('resource types', '/ResourceTypes', {}, page(1, contains([{ name: 'User' }, { name: 'Group' }]))),
    get('the type of users', '/ResourceTypes/User', {}, typeOf('User', urns.user)),
    get('the type of groups', '/ResourceTypes/Group', {}, typeOf('Group', urns.group)),
    get(
      'schemas',
      '/Schemas',
      {},
      page(
        1,
        contains([
          { ...described, id: urns.user },
          { ...described, id: urns.group },
        ]),
      ),
    ),
    ...people.map(createStep),
    {
      ...get('first page of accounts', '/Users', { startIndex: '1', count: '1' }, page(1, [{ id: anyString }])),
      capture: { firstUser: 'Resources.0.id', total: 'totalResults' },
    },
    get('second page of accounts', '/Users', { startIndex: '2', count: '1' }, page(2, [{ id: not('{{firstUser}}') }])),
    get(
      'last page of accounts',
      '/Users',
      { startIndex: '{{total}}', count: '1' },
      page('{{total}}', [{ id: not('{{firstUser}}') }]),
    ),
    get('beyond the end', '/Users', { startIndex: '1000000', count: '100' }, page(1_000_000, [])),
  ],
  finalState: {
    resources: [{ name: 'ivy', path: '/Users/{{ivyId}}', expect: found({ active: true }) }],
    events: people.flatMap((person) => createdEvents(person)),
  },
}
