import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { openRunHold } from '../../holds/open-run-hold.ts'
import { type Lease, withLease } from '../../syncs/lease.ts'
import type { RemovalKind } from '../../tables.ts'
import { widely } from '../wide-statements.ts'
import { countStaged, type StagedIds, stagedIdsOf } from './staged-removals.ts'

/** Where removals of each kind are marked. */
const places: Readonly<Record<RemovalKind, readonly string[]>> = {
  // With who is gone, its memberships wait.
  users: ['user_links', 'user_groups'],
  groups: ['groups', 'user_groups'],
  memberships: ['user_groups'],
}

/**
 * Judges the removals of a run as a whole, when all its changes are made: those that are too many go into a hold, what is left
 * waits for `releaseNext`. A run is judged once, however often it is taken up.
 * @throws LeaseLost
 */
export function judgeRun(database: Database, lease: Lease): Promise<void> {
  return withLease(database, lease, async (tx) => {
    const { directoryId } = lease
    if (!(await beginJudging(tx, lease))) return
    const ids = await stagedIdsOf(tx, directoryId)
    const modes = await openRunHold(tx, directoryId, await widely(tx, () => countStaged(tx, ids)))
    const holdId = Object.values(modes).find((mode) => mode.kind === 'hold')?.holdId
    if (holdId === undefined) return
    await widely(tx, async () => {
      for (const kind of ['users', 'groups', 'memberships'] as const) await hold(tx, ids, kind, modes[kind])
    })
    await send(tx.db, sql`UPDATE sync_runs SET hold_id = ${holdId}, updated_at = now() WHERE ${ofRun(tx, lease)}`)
  })
}

async function beginJudging(tx: Transaction, lease: Lease): Promise<boolean> {
  const rows = await send(
    tx.db,
    sql`UPDATE sync_runs SET judged = true WHERE ${ofRun(tx, lease)} AND NOT judged RETURNING run_id`,
  )
  return rows.length > 0
}

function ofRun(tx: Transaction, { runId }: Lease) {
  return sql`organization_id = ${tx.organizationId} AND run_id = ${runId}`
}

async function hold(tx: Transaction, ids: StagedIds, kind: RemovalKind, mode: GuardMode): Promise<void> {
  if (mode.kind !== 'hold') return
  // Links also end by groups that are gone, where filters ask for them.
  const staged = kind === 'users' ? [ids.users, ids.groups, ids.memberships] : [ids[kind]]
  for (const table of places[kind]) {
    const marks = table === 'user_groups' ? [ids[kind]] : staged
    await send(
      tx.db,
      sql`UPDATE ${sql.table(table)} SET hold_id = ${mode.holdId} WHERE organization_id = ${tx.organizationId}
        AND hold_id = ANY(${marks}::uuid[])`,
    )
  }
}
