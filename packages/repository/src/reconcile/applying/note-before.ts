import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Applying, Change } from './batch.ts'

/** What was there before a change, and the version behind it: whoever takes the run back goes by it. */
export interface Before {
  change: Change
  before: object | null
  version: number | null
}

/** Writes down what changes were made on. No statement for none. */
export async function noteBefore(
  tx: Transaction,
  { runId }: Pick<Applying, 'runId'>,
  notes: readonly Before[],
): Promise<void> {
  if (notes.length === 0) return
  const rows = notes.map(({ change, before, version }) => ({
    step: change.step,
    resource_id: change.resourceId,
    group_id: change.groupId,
    kind: change.kind,
    effect: change.effect,
    before,
    version,
  }))
  await send(
    tx.db,
    sql`
    INSERT INTO sync_changes (organization_id, run_id, step, resource_id, group_id, kind, effect, before, version)
    SELECT ${tx.organizationId}::uuid, ${runId}::uuid, step, resource_id, group_id, kind, effect, before, version
    FROM json_to_recordset(${JSON.stringify(rows)}) AS note (step smallint, resource_id uuid, group_id uuid, kind text,
      effect text, before jsonb, version integer)
    ON CONFLICT (organization_id, run_id, step, resource_id, group_id)
      DO UPDATE SET before = excluded.before, version = excluded.version`,
  )
}
