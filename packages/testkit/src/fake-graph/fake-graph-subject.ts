import type { ConnectorDefinition } from '@muster/connectors'
import type { ConnectorSubject, FaultSupport, SourceFaultName } from '@muster/connectors/conformance'
import {
  type Deed,
  type FakeAnswer,
  type FakeDeed,
  type FakeRequest,
  preparedFake,
  sourceDeeds,
} from '../fake-http/index.ts'
import { type FakeGraphOptions, startFakeGraph } from './fake-graph.ts'
import { graphError } from './graph-answers.ts'

type Body = Record<string, unknown> & { value?: Record<string, unknown>[] }

/** Makes another page of the true one. */
function page(change: (body: Body, request: FakeRequest) => Body): FakeDeed {
  return (answer: FakeAnswer, request: FakeRequest) => {
    const body = answer.body as Body
    return Array.isArray(body?.value) ? { ...answer, body: change(body, request) } : answer
  }
}

function withoutLinks({ '@odata.nextLink': _next, '@odata.deltaLink': _delta, ...body }: Body): Body {
  return body
}

function without(...names: string[]): FakeDeed {
  return page((body) => ({
    ...body,
    value: (body.value ?? []).map((object) =>
      Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))),
    ),
  }))
}

/** Where a request went, from the origin on: the origin itself is that of the links. */
function urlOf({ '@odata.context': context }: Body, { path, query }: FakeRequest): string {
  return `${new URL(String(context)).origin}${path}?${query}`
}

const deeds: Partial<Record<SourceFaultName, Deed>> = {
  ...sourceDeeds,
  expiredCheckpoint: { does: graphError(410, 'resyncRequired', 'Resync is required.'), onwards: true },
  repeatedCursor: {
    does: page((body, request) => ({ ...withoutLinks(body), '@odata.nextLink': urlOf(body, request) })),
    onwards: true,
  },
  earlyEnd: { does: page(withoutLinks), onwards: false },
  emptyEnd: { does: page((body) => ({ ...withoutLinks(body), value: [] })), onwards: false },
  emptyPage: {
    does: page((body, request) => ({ '@odata.nextLink': `${urlOf(body, request)}&again=1`, value: [] })),
    onwards: false,
  },
  duplicatedRecords: {
    does: page((body) => ({ ...body, value: [...(body.value ?? []), ...(body.value ?? [])] })),
    onwards: false,
  },
  userNameMissing: { does: without('userPrincipalName'), onwards: true },
  emailMissing: { does: without('mail', 'otherMails', 'proxyAddresses'), onwards: false },
  unreadMembers: {
    does: page((body) => ({
      ...body,
      value: (body.value ?? []).map(({ 'members@delta': members, ...object }) => ({
        ...object,
        ...(members !== undefined && { visibility: 'HiddenMembership' }),
      })),
    })),
    onwards: false,
  },
}

const noLimits = { lacks: 'Graph has no limit that cuts an answer short' }

const faults: Record<SourceFaultName, FaultSupport> = {
  ...(Object.fromEntries(Object.keys(deeds).map((name) => [name, 'shown'])) as Record<SourceFaultName, 'shown'>),
  // The connection ends in the middle of an answer; nobody can tell why.
  truncatedBody: { as: ['interrupted'] },
  // A round says where the next one begins; one that does not has not ended.
  earlyEnd: { as: ['protocol'] },
  emptyEnd: { as: ['protocol'] },
  timeout: { lacks: 'of the way out, which has tests of its own: at every place it would take long' },
  foreignError: { lacks: 'the library signs in only, and its errors are not passed on: a test of its own' },
  timeLimit: noLimits,
  sizeLimit: noLimits,
  truncatedMembers: noLimits,
}

/** Lists without change tracking: they end where they have no next link, and the end says no more. */
const listFaults: Record<SourceFaultName, FaultSupport> = {
  ...faults,
  earlyEnd: { lacks: 'a list ends where it has no next link' },
  emptyEnd: { lacks: 'a list ends where it has no next link' },
  // Of the page of members there is no telling whether it is hidden.
  unreadMembers: { lacks: 'shown by change tracking; a test of its own' },
}

/** The Entra connector over a fake tenant, as a subject of the connector conformance suite. `lists`: one that tracks no changes. */
export function fakeGraphSubject(
  definition: ConnectorDefinition,
  readBy: 'delta' | 'lists' = 'delta',
): ConnectorSubject {
  const isTracked = readBy === 'delta'
  return {
    name: isTracked ? 'Entra ID over a fake Graph' : 'Entra ID over the lists of a fake Graph',
    definition,
    pageRecordsMax: isTracked ? 10 : 40,
    hugeGroup: isTracked ? 25 : 1_200,
    delta: isTracked ? 'shown' : { lacks: 'the tenant does not track changes' },
    faults: isTracked ? faults : listFaults,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const options: FakeGraphOptions = {
        usersPerPage: 5,
        groupRecordsPerPage: 10,
        listPerPage: population.users.length > 100 ? 500 : 5,
        tracksChanges: isTracked,
      }
      const graph = await startFakeGraph(options)
      graph.directory.populate(population)
      return preparedFake(graph, {
        config: { ...graph.config, readBy },
        // Three pages of users and three of groups; or three of users, one of groups, and five of members.
        faultPlaces: isTracked ? 6 : 9,
        deeds,
        failing: (access) => {
          if (access === 'wrongCredentials') return { clientSecret: 'not-the-secret-8Q~' }
          if (access === 'unreachable') return { graphUrl: 'http://127.0.0.1:1' }
          graph.permissions.delete('User.Read.All')
          return {}
        },
      })
    },
  }
}
