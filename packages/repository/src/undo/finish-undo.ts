import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { renewGroups } from '../reconcile/finish-reconcile.ts'
import { ofDirectory } from '../reconcile/planning/staged.ts'
import { widely } from '../reconcile/wide-statements.ts'
import type { Lease } from '../syncs/lease.ts'

/**
 * What is left to do when a run is taken back, in the transaction that ends the undo: names that others gave up again, new versions
 * of groups whose members changed; the next sync reads everything.
 */
export async function finishUndo(tx: Transaction, { directoryId, runId }: Lease): Promise<void> {
  await widely(tx, async () => {
    await returnNames(tx, directoryId)
    await renewGroups(tx, { directoryId, runId })
  })
  await send(
    tx.db,
    sql`
    WITH undo AS (
      SELECT undoes_run_id FROM sync_runs WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}
    )
    UPDATE sync_runs undone SET undone_by = ${runId}, updated_at = now() FROM undo
    WHERE undone.organization_id = ${tx.organizationId} AND undone.run_id = undo.undoes_run_id`,
  )
  await tx.db
    .updateTable('directory_syncs')
    .set({ checkpoint: null })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .execute()
}

/** Whoever gave its userName up (`planNames`), and whose it is still, has it again when nobody else does. */
async function returnNames(tx: Transaction, directoryId: string): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH vacated AS MATERIALIZED (
      SELECT DISTINCT ON (name_key) directory_user_id, name_key FROM (
        SELECT directory_user_id, substr(user_name_key, length(directory_user_id::text) + 2) AS name_key
        FROM directory_users WHERE ${ofDirectory(tx, { directoryId })}
          AND user_name_key LIKE directory_user_id || ' %') giving
      ORDER BY name_key, directory_user_id
    ),
    free AS MATERIALIZED (
      SELECT vacated.* FROM vacated LEFT JOIN directory_users holder ON ${ofDirectory(tx, { directoryId }, 'holder')}
        AND holder.user_name_key = vacated.name_key COLLATE "C"
      WHERE holder.directory_user_id IS NULL
    )
    UPDATE directory_users u SET user_name_key = free.name_key FROM free
    WHERE ${ofDirectory(tx, { directoryId }, 'u')} AND u.directory_user_id = free.directory_user_id`,
  )
}
