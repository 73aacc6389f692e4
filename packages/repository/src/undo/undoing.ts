import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Lease } from '../syncs/lease.ts'

/** A run that takes another one back. */
export interface Undoing {
  runId: string
  directoryId: string
  undoneRunId: string
  /** Syncs of the directory behind the one that is undone, in order: they may have changed the same again. */
  later: readonly LaterRun[]
}

/** A sync that changed something, how far it came, and what took it back. */
interface LaterRun {
  run_id: string
  undone_by: string | null
  after_step: number
  after_resource_id: string
  after_group_id: string
}

export async function beginUndoing(tx: Transaction, { runId, directoryId }: Lease): Promise<Undoing> {
  const [row] = await send(
    tx.db,
    sql<{ undone_run_id: string; later: LaterRun[] }>`
    SELECT r.undoes_run_id AS undone_run_id, COALESCE((
      SELECT json_agg(json_build_object('run_id', run_id, 'undone_by', undone_by, 'after_step', after_step,
        'after_resource_id', after_resource_id, 'after_group_id', after_group_id) ORDER BY run_id)
      FROM sync_runs WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND run_id > r.undoes_run_id AND purpose = 'sync' AND changes_done > 0), '[]') AS later
    FROM sync_runs r WHERE r.organization_id = ${tx.organizationId} AND r.run_id = ${runId}`,
  )
  if (row === undefined) throw new Error('A sync run is gone while somebody has the lease on it')
  return { runId, directoryId, undoneRunId: row.undone_run_id, later: row.later }
}
