import type { ConnectorDefinition } from '@muster/connectors'
import type { ConnectorSubject, FaultSupport, SourceFaultName } from '@muster/connectors/conformance'
import { type Deed, type FakeAnswer, type FakeRequest, preparedFake, sourceDeeds } from '../fake-http/index.ts'
import { errorAnswer } from './fake-answers.ts'
import { type FakeIdentityStore, startFakeIdentityStore } from './fake-identity-store.ts'

const pageSize = 7
/** How an identity store shows the faults of the suite. */
function deedsOf(store: FakeIdentityStore): Partial<Record<SourceFaultName, Deed>> {
  const throttled = (seconds?: number) =>
    errorAnswer('ThrottlingException', seconds === undefined ? {} : { RetryAfterSeconds: seconds })
  const next = (request: FakeRequest) => ({ NextToken: store.tokenTo(request) })
  return {
    ...sourceDeeds,
    serverError: { does: errorAnswer('InternalServerException'), onwards: true },
    throttled: { does: throttled(), onwards: true },
    throttledUntil: { does: throttled(3_600), onwards: true },
    shortWait: { does: throttled(1), onwards: false },
    credentialsRevoked: { does: errorAnswer('UnrecognizedClientException'), onwards: true },
    permissionRevoked: { does: errorAnswer('AccessDeniedException'), onwards: true },
    repeatedCursor: { does: onList((items) => items, repeating(store)), onwards: true },
    emptyPage: { does: onList(() => [], next), onwards: false },
    duplicatedRecords: { does: onList((items) => [...items, ...items]), onwards: true },
    userNameMissing: { does: onList(without('UserName')), onwards: false },
    emailMissing: { does: onList(without('Emails')), onwards: true },
  }
}

const shown: readonly SourceFaultName[] = [
  'reset',
  'unreachable',
  'serverError',
  'busy',
  'shuttingDown',
  'throttled',
  'throttledUntil',
  'shortWait',
  'credentialsRevoked',
  'permissionRevoked',
  'hang',
  'repeatedCursor',
  'emptyPage',
  'duplicatedRecords',
  'userNameMissing',
  'emailMissing',
]
const noLimits = { lacks: 'the API knows no limits of what it lists' }
const unknowable = { lacks: 'a list that names no next part is at its end; nobody can tell when that is forgotten' }

const faults: Record<SourceFaultName, FaultSupport> = {
  ...(Object.fromEntries(shown.map((name) => [name, 'shown'])) as Record<SourceFaultName, 'shown'>),
  truncatedBody: { as: ['interrupted', 'protocol'] },
  expiredCheckpoint: { lacks: 'a token that has expired begins its list again; a test of its own' },
  timeout: { lacks: 'at every place it would take long; the way out has a test of its own' },
  timeLimit: noLimits,
  sizeLimit: noLimits,
  truncatedMembers: noLimits,
  unreadMembers: { lacks: 'whether members may be read does not depend on the group' },
  foreignError: { lacks: 'whatever the SDK throws is an answer that is not as its model says' },
  earlyEnd: unknowable,
  emptyEnd: unknowable,
}

/** The connector for AWS IAM Identity Center over a fake identity store, as a subject of the connector conformance suite. */
export function fakeIdentityStoreSubject(definition: ConnectorDefinition): ConnectorSubject {
  return {
    name: 'AWS IAM Identity Center over a fake identity store',
    definition,
    pageRecordsMax: 1_100,
    hugeGroup: 1_200,
    delta: { lacks: 'the API cannot say what has changed' },
    nestedGroups: { lacks: 'members of groups are users' },
    faults,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const store = await startFakeIdentityStore({ pageSize: population.users.length > 100 ? 100 : pageSize })
      store.directory.populate(population)
      const { config } = store
      return preparedFake(store, {
        config: { ...config },
        // Two parts of users, one of groups, two of the members of the first, and one of each other.
        faultPlaces: 7,
        deeds: deedsOf(store),
        failing: (access) => {
          if (access === 'wrongCredentials') return { secretAccessKey: 'not/The+Secret/Of+This/Key00000000000000' }
          if (access === 'unreachable') return { endpoint: 'http://127.0.0.1:1' }
          store.deny('ListUsers')
          return {}
        },
      })
    },
  }
}

/** The true answer, with its list changed. */
function onList(change: (items: object[]) => object[], more: (request: FakeRequest) => object = () => ({})) {
  return (answer: FakeAnswer, request: FakeRequest): FakeAnswer => {
    const entries = Object.entries(Object(answer.body))
    const body = entries.map(([name, value]) => [name, Array.isArray(value) ? change(value) : value])
    return { ...answer, body: { ...Object.fromEntries(body), ...more(request) } }
  }
}

function without(name: string) {
  return (items: object[]) =>
    items.map((item) => Object.fromEntries(Object.entries(item).filter(([key]) => key !== name)))
}

/** Names the same part as the next one for ever. */
function repeating(store: FakeIdentityStore) {
  const named = new Map<string, string>()
  return (request: FakeRequest) => {
    const { NextToken: _token, ...list } = JSON.parse(request.body)
    const key = JSON.stringify(list)
    const token = named.get(key) ?? store.tokenTo(request)
    named.set(key, token)
    return { NextToken: token }
  }
}
