import { sql } from 'kysely'
import { connectionOf } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { noteProblems } from '../reconcile/note-problems.ts'
import type { Undoing } from './undoing.ts'

/** Why something is left as it is. */
const details = {
  changedSince: 'It was changed after the run that is undone, and is left as it is.',
  erased: 'The person was erased since, and does not come back.',
  nameTaken: 'Another user of the directory has its userName by now. It is left as it is.',
  personTaken: 'Its person belongs to another user of the directory by now. It is left as it is.',
} as const
export type ConflictCode = keyof typeof details

export interface Conflict {
  change: Change
  code: ConflictCode
}

/** Reports what an undo left as it is, and takes it out of the list of its changes. No statement for none. */
export async function reportConflicts(
  tx: Transaction,
  { runId }: Undoing,
  conflicts: readonly Conflict[],
): Promise<void> {
  if (conflicts.length === 0) return
  const rows = conflicts.map(({ change }) => ({
    step: change.step,
    resource_id: change.resourceId,
    group_id: change.groupId,
  }))
  await send(
    tx.db,
    sql`
    DELETE FROM sync_changes c USING json_to_recordset(${JSON.stringify(rows)}) AS left_out (step smallint,
      resource_id uuid, group_id uuid)
    WHERE c.organization_id = ${tx.organizationId} AND c.run_id = ${runId} AND c.step = left_out.step
      AND c.resource_id = left_out.resource_id AND c.group_id = left_out.group_id`,
  )
  const problems = conflicts.map(({ change, code }) => ({
    code,
    kind: change.kind,
    // Of a membership our ids: the source has none for it.
    sourceId: change.kind === 'membership' ? `${change.groupId} ${change.resourceId}` : (change.sourceId ?? ''),
    detail: details[code],
  }))
  await noteProblems(connectionOf(tx.db), { organizationId: tx.organizationId, runId }, problems)
}
