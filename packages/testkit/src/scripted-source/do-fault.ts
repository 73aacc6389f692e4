import { ConnectorError, type SourceGroup, type SourceUser } from '@muster/connectors'
import { type FaultOutcome, type SourceFaultName, sourceFaults } from '@muster/connectors/conformance'
import type { Position } from './position.ts'
import type { Reading } from './read-page.ts'
import type { SourceState } from './source-state.ts'

/** How long `throttledUntil` asks to wait, in milliseconds. */
export const retryAfterMilliseconds = 7_000

/** The error of a fault that ends a round by one. */
export function errorOf(name: SourceFaultName): Error | undefined {
  const { does, outcome }: { does: string; outcome: FaultOutcome } = sourceFaults[name]
  if (outcome.ends === 'foreign') return new TypeError('fetch failed')
  if (outcome.ends !== 'error') return undefined
  const extras = name === 'throttledUntil' ? { retryAfterMilliseconds } : {}
  return new ConnectorError(outcome.code, `Scripted: ${does}.`, extras)
}

/** What the faults do that spoil a page and let the round go on. */
export const spoil: Partial<
  Record<SourceFaultName, (reading: Reading, state: SourceState, position: Position) => void>
> = {
  duplicatedRecords(reading) {
    reading.upsert = reading.upsert.flatMap((record) => [record, record])
  },
  userNameMissing(reading) {
    const { users, others } = usersApart(reading)
    reading.upsert = others
    for (const { id } of users) {
      const detail = 'The user has no name to log in by.'
      reading.problems.push({ key: { kind: 'user', id }, code: 'userNameMissing', detail })
    }
  },
  emailMissing(reading) {
    const { users, others } = usersApart(reading)
    const bare = users.map((user) => ({ ...user, emails: [], attributes: { ...user.attributes, emails: [] } }))
    reading.upsert = [...bare, ...others]
  },
  unreadMembers(reading, state, position) {
    const groups = reading.upsert.filter((record) => record.kind === 'group')
    // A group whose members were being read comes again, and counts as it comes last.
    const begun = position.edge === undefined ? undefined : state.groups.find(({ id }) => id === position.after)
    if (begun !== undefined)
      groups.unshift({ kind: 'group', attributes: { name: begun.name }, ...begun, members: 'unread' })
    const users = reading.upsert.filter((record) => record.kind === 'user')
    reading.upsert = [...users, ...groups.map((group): SourceGroup => ({ ...group, members: 'unread' }))]
    reading.remove = reading.remove.filter((key) => key.kind !== 'membership')
    if (reading.next?.edge !== undefined) reading.next = { ...reading.next, edge: '\uffff' }
  },
}

function usersApart({ upsert }: Reading) {
  const users = upsert.filter((record): record is SourceUser => record.kind === 'user')
  return { users, others: upsert.filter((record) => record.kind !== 'user') }
}
