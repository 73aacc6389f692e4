import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { type LockedDirectoryUser, lockDirectoryUsers } from '../../directory-users/lock.ts'
import { appendSynced } from '../../directory-users/synced.ts'
import type { HookDecision } from '../../hooks/read-decisions.ts'
import { retrySeconds } from '../../hooks/retry-seconds.ts'
import { settlePeople } from '../settling/settle-people.ts'
import type { Admission } from './arriving.ts'
import { nextArrivals } from './waiting-arrivals.ts'

/** A directory user that was asked about, in the version that the hook saw. */
export interface DecidedArrival {
  directoryUserId: string
  version: number
  decision: HookDecision
}

interface ArrivalRow {
  directory_user_id: string
  user_id: string
  cause: Cause
  failures_in_a_row: number
}

/** Makes the next of those who wait without asking anybody. */
export async function admitAll(tx: Transaction, directoryId: string): Promise<void> {
  const ids = await nextArrivals(tx, directoryId)
  const users = await lockDirectoryUsers(tx, directoryId, ids, { withGroups: false })
  const waiting = await lockWaiting(tx, directoryId, [...users.keys()])
  await admit(
    tx,
    directoryId,
    users,
    waiting.map((row) => ({ row, pinned: {}, metadata: {} })),
  )
}

/**
 * Does what was decided: people come into being with what the hook changed, or do not. About whom nothing was decided waits,
 * to be asked about later. Whoever changed since is left for another question, and whoever is gone, or was decided about by
 * somebody else, is passed over.
 */
export async function decideArrivals(
  tx: Transaction,
  directoryId: string,
  decided: readonly DecidedArrival[],
): Promise<void> {
  const ids = decided.map(({ directoryUserId }) => directoryUserId)
  const users = await lockDirectoryUsers(tx, directoryId, ids, { withGroups: false })
  const waiting = new Map((await lockWaiting(tx, directoryId, ids)).map((row) => [row.directory_user_id, row]))
  const current = decided.flatMap(({ directoryUserId, version, decision }) => {
    const row = waiting.get(directoryUserId)
    return row === undefined || users.get(directoryUserId)?.version !== version ? [] : [{ row, version, decision }]
  })
  await keepWaiting(
    tx,
    directoryId,
    current.flatMap(({ row, version, decision }) => undecided(row, version, decision)),
  )
  const admitted = current.flatMap(({ row, decision }) =>
    decision.action === 'proceed' ? [{ row, pinned: decision.pinned, metadata: decision.metadata }] : [],
  )
  await admit(tx, directoryId, users, admitted)
}

/** Those who still wait; whoever decides about them locks them, and their directory users before. */
function lockWaiting(tx: Transaction, directoryId: string, ids: readonly string[]): Promise<ArrivalRow[]> {
  return send(
    tx.db,
    sql<ArrivalRow>`
    SELECT a.* FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT directory_user_id, user_id, cause, failures_in_a_row, state FROM arrivals
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = given.id::uuid OFFSET 0 FOR NO KEY UPDATE) a
    WHERE a.state = 'waiting'`,
  )
}

type Admitted = { row: ArrivalRow } & Omit<Admission, 'userId'>

/**
 * Makes the people, and says behind it what their documents are, as for people who need not wait. Those whom the filters
 * keep out by now wait no more either.
 */
async function admit(
  tx: Transaction,
  directoryId: string,
  users: ReadonlyMap<string, LockedDirectoryUser>,
  admitted: readonly Admitted[],
): Promise<void> {
  if (admitted.length === 0) return
  const ids = admitted.map(({ row }) => row.directory_user_id)
  const people = await settlePeople(tx, directoryId, ids, {
    causes: new Map(admitted.map(({ row }) => [row.directory_user_id, row.cause])),
    admitted: new Map(
      admitted.map(({ row, pinned, metadata }) => [row.directory_user_id, { userId: row.user_id, pinned, metadata }]),
    ),
  })
  const drafts = admitted.flatMap(({ row: { directory_user_id: directoryUserId, cause } }) => {
    const document = users.get(directoryUserId)?.document
    return document === undefined ? [] : [{ directoryUserId, document, cause }]
  })
  if (people.size > 0) await appendSynced(tx, directoryId, drafts, people)
  await send(
    tx.db,
    sql`
    DELETE FROM arrivals WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', ids)}`,
  )
}

/** What is stored of somebody who does not come into being now. */
interface Undecided {
  directory_user_id: string
  state: 'waiting' | 'vetoed'
  reason: string | null
  error: string | null
  failures_in_a_row: number
  asked_version: number
  rest_seconds: number
}

function undecided(row: ArrivalRow, version: number, decision: HookDecision): Undecided[] {
  const asked = { directory_user_id: row.directory_user_id, asked_version: version }
  if (decision.action === 'proceed') return []
  if (decision.action === 'veto') {
    const none = { error: null, failures_in_a_row: 0, rest_seconds: 0 }
    return [{ ...asked, ...none, state: 'vetoed', reason: decision.reason }]
  }
  const failures = row.failures_in_a_row + 1
  const rest = { failures_in_a_row: failures, rest_seconds: retrySeconds(failures) }
  return [{ ...asked, ...rest, state: 'waiting', reason: null, error: decision.error }]
}

/** By INSERT … ON CONFLICT of rows that are there, for the reason that mergePeople gives. */
async function keepWaiting(tx: Transaction, directoryId: string, rows: readonly Undecided[]): Promise<void> {
  if (rows.length === 0) return
  await send(
    tx.db,
    sql`
    INSERT INTO arrivals AS a (organization_id, directory_id, directory_user_id, user_id, cause, state, reason, error,
      failures_in_a_row, asked_at, asked_version, ask_at)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, d.directory_user_id, known.user_id, known.cause, d.state,
      d.reason, d.error, d.failures_in_a_row, now(), d.asked_version, now() + make_interval(secs => d.rest_seconds)
    FROM json_to_recordset(${JSON.stringify(rows)}) AS d (directory_user_id uuid, state text, reason text, error text,
      failures_in_a_row integer, asked_version integer, rest_seconds double precision)
    CROSS JOIN LATERAL (
      SELECT user_id, cause FROM arrivals WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${directoryId} AND directory_user_id = d.directory_user_id OFFSET 0) known
    ON CONFLICT (organization_id, directory_id, directory_user_id) DO UPDATE SET state = excluded.state,
      reason = excluded.reason, error = excluded.error, failures_in_a_row = excluded.failures_in_a_row,
      asked_at = excluded.asked_at, asked_version = excluded.asked_version, ask_at = excluded.ask_at`,
  )
}
