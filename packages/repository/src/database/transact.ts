import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import { flushAudit } from '../audit/append.ts'
import { flushEvents } from '../events/append.ts'
import { CountChanges } from '../listing/directory-counts.ts'
import { begin } from './context.ts'
import { type Connection, type Database, queriesOn } from './database.ts'
import { isRetriable } from './database-errors.ts'
import { LockNeeded } from './lock-needed.ts'
import type { OrganizationScope } from './organization-scope.ts'
import { LostConnection, withConnection } from './read.ts'
import { send } from './send.ts'
import type { AuditDraft, EventDraft, Transaction } from './transaction.ts'

/** Some lose a race now and then several times in a row: deletions of users whom others add to groups at the same moment. */
const attemptsMax = 8

/**
 * Runs `work` in one transaction of one organization: what it wrote and the events it appended commit together or not
 * at all. A lost race (serialization, deadlock, link taken by another) runs `work` again, up to seven times, so `work`
 * must have no effect outside the transaction.
 */
export async function transact<T>(
  database: Database,
  scope: OrganizationScope,
  cause: Cause,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return withConnection(database, async (connection) => {
    const locks = new Set<string>()
    for (let attempt = 1; ; ) {
      try {
        return await runOnce(connection, scope, { cause, locks }, work)
      } catch (error) {
        // Each at most once, and no lost race.
        if (error instanceof LockNeeded && !locks.has(error.lock)) locks.add(error.lock)
        else if (attempt++ >= attemptsMax || !isRetriable(error)) throw error
      }
    }
  })
}

async function runOnce<T>(
  connection: Connection,
  scope: OrganizationScope,
  { cause, locks }: { cause: Cause; locks: ReadonlySet<string> },
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const drafts: EventDraft[] = []
  const entries: AuditDraft[] = []
  const counts = new CountChanges()
  const checks: Promise<void>[] = []
  const queries = queriesOn(connection)
  let hasEnded = false
  const tx: Transaction = {
    organizationId: scope.organizationId,
    get db() {
      // The connection goes on to the next transaction: what was not awaited would write into that one.
      if (hasEnded) throw new TypeError('This transaction has ended: something that used it was not awaited')
      return queries
    },
    cause,
    append: (events) => void drafts.push(...events),
    count: (directoryId, kind, change) => counts.add(directoryId, kind, change),
    audit: (entry) => void entries.push(entry),
    require: (lock) => {
      if (!locks.has(lock)) throw new LockNeeded(lock)
    },
    assure: (check) => {
      // Whoever awaits it sees the failure; nobody may, when the work fails first.
      check.catch(() => undefined)
      checks.push(check)
    },
  }
  const begun = begin(connection, scope)
  // Not awaited yet: the first statement of `work` travels with it.
  begun.catch(() => undefined)
  for (const lock of locks) tx.assure(takeLock(tx, lock))
  let result: T
  try {
    result = await work(tx)
    await Promise.all([begun, ...checks])
  } catch (error) {
    hasEnded = true
    await rollback(connection)
    throw error
  }
  const committed = commit(connection, [
    entries.length === 0 ? undefined : flushAudit(tx, entries),
    counts.flush(tx),
    drafts.length === 0 ? undefined : flushEvents(tx, drafts),
  ])
  hasEnded = true
  await committed
  return result
}

async function takeLock({ db }: Transaction, lock: string): Promise<void> {
  await send(db, sql`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
}

/**
 * COMMIT is sent right behind audit trail, counts and events without waiting for them: the locks on the head of the trail,
 * on the rows of counts and on the organization's sequence are held for no round trip. If one failed, the server answers
 * COMMIT with ROLLBACK, and the error of the first is thrown.
 */
async function commit(connection: Connection, flushed: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const committed = connection.query('COMMIT')
  const [outcome, ...flushes] = await Promise.allSettled([committed, ...flushed])
  for (const flush of flushes) if (flush.status === 'rejected') throw flush.reason
  if (outcome.status === 'rejected') throw new LostConnection(outcome.reason)
  if (outcome.value.command !== 'COMMIT') throw new Error('The transaction had failed before its commit')
}

async function rollback(connection: Connection): Promise<void> {
  try {
    await connection.query('ROLLBACK')
  } catch (error) {
    throw new LostConnection(error)
  }
}
