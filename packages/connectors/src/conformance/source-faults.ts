import { type ConnectorFailure, connectorFailures } from '../connector-error.ts'

/**
 * What a source can do wrong in the middle of a round, and how the round must end. `error`: by a `ConnectorError` of this code.
 * `early`: without an error and without `complete`. `foreign`: by an error that is none of a connector's. `hangs`: not at all before somebody
 * aborts it. `continues`: it does not end, and the round is whole all the same. After the first four nobody may be taken for gone.
 */
export type FaultOutcome =
  | { ends: 'error'; code: ConnectorFailure }
  | { ends: 'early' | 'foreign' | 'hangs' | 'continues' }

interface SourceFault {
  does: string
  outcome: FaultOutcome
}

function fails(code: ConnectorFailure, does: string): SourceFault {
  return { does, outcome: { ends: 'error', code } }
}

/** Every fault by its name; it happens in place of a page, or to it. */
export const sourceFaults = {
  reset: fails('interrupted', 'the connection is reset'),
  unreachable: fails('unreachable', 'nobody answers at the address any more'),
  serverError: fails('unavailable', 'the source answers 5xx'),
  busy: fails('unavailable', 'LDAP result 51'),
  shuttingDown: fails('unavailable', 'LDAP result 52'),
  throttled: fails('throttled', 'the source answers 429 and does not say for how long'),
  throttledUntil: fails('throttled', 'the source answers 429 with Retry-After'),
  timeout: fails('timeout', 'the source does not answer in time'),
  truncatedBody: fails('protocol', 'the answer ends in the middle'),
  repeatedCursor: fails('protocol', 'the source names a page as the next that was read already'),
  expiredCheckpoint: fails('checkpointExpired', 'the source has forgotten the position'),
  timeLimit: fails('incomplete', 'LDAP result 3'),
  sizeLimit: fails('incomplete', 'LDAP result 4'),
  truncatedMembers: fails('incomplete', 'a group has more members than the source hands out'),
  credentialsRevoked: fails('credentials', 'the credentials stop being valid'),
  permissionRevoked: fails('permission', 'the account loses a permission'),
  foreignError: { does: 'the library throws an error of its own', outcome: { ends: 'foreign' } },
  earlyEnd: { does: 'the pages stop, without an error', outcome: { ends: 'early' } },
  emptyEnd: { does: 'an empty page comes, and none behind it', outcome: { ends: 'early' } },
  hang: { does: 'no answer comes, ever', outcome: { ends: 'hangs' } },
  emptyPage: { does: 'an empty page comes that names a next one', outcome: { ends: 'continues' } },
  shortWait: { does: 'the source asks to wait for a moment', outcome: { ends: 'continues' } },
  duplicatedRecords: { does: 'every record of the page comes twice', outcome: { ends: 'continues' } },
  userNameMissing: { does: 'the users of the page have no name to log in by', outcome: { ends: 'continues' } },
  emailMissing: { does: 'the users of the page have no address', outcome: { ends: 'continues' } },
  unreadMembers: { does: 'the members of the groups of the page cannot be read', outcome: { ends: 'continues' } },
} as const satisfies Record<string, SourceFault>

export type SourceFaultName = keyof typeof sourceFaults

/** Every name of a fault, in the order of the table. */
export const sourceFaultNames = Object.keys(sourceFaults) as SourceFaultName[]

/** Whether trying again may pass the fault by itself, as far as anybody can tell who sees the end of the round. */
export function faultMayPass(name: SourceFaultName): boolean {
  const { outcome }: SourceFault = sourceFaults[name]
  return outcome.ends === 'error' ? connectorFailures[outcome.code].retry : outcome.ends !== 'continues'
}
