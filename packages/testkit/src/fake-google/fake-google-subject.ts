import type { ConnectorDefinition } from '@muster/connectors'
import type { ConnectorSubject, FaultSupport, SourceFaultName } from '@muster/connectors/conformance'
import { type Deed, preparedFake, sourceDeeds } from '../fake-http/index.ts'
import { type FakeGoogle, startFakeGoogle } from './fake-google.ts'
import { googleKey } from './google-keys.ts'
import { refusal } from './refusals.ts'

function deedsOf(fake: FakeGoogle): Partial<Record<SourceFaultName, Deed>> {
  return {
    ...sourceDeeds,
    serverError: { does: refusal('backendError'), onwards: true },
    busy: { does: refusal('conditionNotMet'), onwards: true },
    throttled: { does: refusal('userRateLimitExceeded'), onwards: true },
    shortWait: { does: refusal('quotaExceeded'), onwards: false },
    credentialsRevoked: { does: refusal('authError'), onwards: true },
    permissionRevoked: { does: refusal('forbidden'), onwards: true },
    emptyPage: { does: fake.emptyPage, onwards: false },
    repeatedCursor: { does: fake.repeatedPage, onwards: true },
    duplicatedRecords: { does: edited((items) => [...items, ...items]), onwards: true },
    userNameMissing: { does: edited((items) => items.map(withoutAddress)), onwards: true },
  }
}

const noEnd = { lacks: 'an answer without a token is the end, as Google has it: there is nothing else that says so' }
const noLimit = { lacks: 'Google pages everything to its end' }

const faults: Record<SourceFaultName, FaultSupport> = {
  ...(Object.fromEntries(Object.keys(sourceDeeds).map((name) => [name, 'shown'])) as Record<SourceFaultName, 'shown'>),
  emptyPage: 'shown',
  repeatedCursor: 'shown',
  duplicatedRecords: 'shown',
  userNameMissing: 'shown',
  // The connection ends before the length that was promised.
  truncatedBody: { as: ['interrupted'] },
  emailMissing: { lacks: 'the name of an account is its address' },
  earlyEnd: noEnd,
  emptyEnd: noEnd,
  expiredCheckpoint: { lacks: 'a list whose page has expired begins anew; a test of its own' },
  timeout: { lacks: 'the time for an answer is a minute' },
  timeLimit: noLimit,
  sizeLimit: noLimit,
  truncatedMembers: noLimit,
  unreadMembers: {
    lacks: 'members that may not be read end the round, and those of a group that is gone are not looked for',
  },
  foreignError: { lacks: 'answers are judged before the library sees them' },
}

/** The Google connector over a fake account, as a subject of the connector conformance suite. */
export function fakeGoogleSubject(definition: ConnectorDefinition): ConnectorSubject {
  return {
    name: 'Google Workspace over a fake account',
    definition,
    pageRecordsMax: 1_000,
    hugeGroup: 1_200,
    delta: { lacks: 'Google cannot tell what has changed' },
    faults,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const isSmall = population.users.length <= 100
      const domain = population.users[0]?.userName.split('@')[1] ?? 'acme.test'
      const fake = await startFakeGoogle({ domain, ...(isSmall && { pageSizes: { users: 5, groups: 2, members: 5 } }) })
      fake.directory.populate(population)
      return preparedFake(fake, {
        config: fake.config,
        // Pages of users, of groups and of members, in the order in which they are asked for.
        faultPlaces: 6,
        deeds: deedsOf(fake),
        failing: (access) => {
          if (access === 'wrongCredentials') return { privateKey: googleKey('other').pem }
          if (access === 'unreachable') return { apiUrl: 'http://127.0.0.1:1', tokenUrl: 'http://127.0.0.1:1/token' }
          fake.delegated.clear()
          return {}
        },
      })
    },
  }
}

/** A page with other items. */
function edited(edit: (items: readonly object[]) => object[]): Deed['does'] {
  return ({ body, ...answer }) => {
    const entries = Object.entries(body as object)
    return {
      ...answer,
      body: Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? edit(value) : value])),
    }
  }
}

/** Of users alone: groups and members go by theirs. */
function withoutAddress(item: object): object {
  const { primaryEmail: _left, ...rest } = item as { primaryEmail?: string }
  return rest
}
