import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { KnownGroup } from '../reconcile/applying/known-groups.ts'
import type { KnownUser } from '../reconcile/applying/known-users.ts'
import type { Undoing } from './undoing.ts'

/** What the undone run found of a user or group; null when there was none, or when its person was erased since. */
export interface Entry<Known extends KnownUser | KnownGroup> {
  before: Known | null
  /** Behind the change. */
  version: number | null
}

/** Steps of a sync that change users, and groups (migration 0017). */
const steps = { user: [3], group: [1, 4] } as const

/** What the undone run wrote down of users or groups, by their ids. */
export async function readJournal<Known extends KnownUser | KnownGroup>(
  tx: Transaction,
  { undoneRunId }: Undoing,
  kind: 'user' | 'group',
  ids: readonly string[],
): Promise<Map<string, Entry<Known>>> {
  const rows = await send(
    tx.db,
    sql<Entry<Known> & { id: string }>`
    SELECT asked.id, c.before, c.version
    FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS asked (id)
    CROSS JOIN LATERAL (
      SELECT before, version FROM sync_changes WHERE organization_id = ${tx.organizationId}
        AND run_id = ${undoneRunId} AND step = ANY(${steps[kind]}::smallint[]) AND resource_id = asked.id::uuid
        AND kind = ${kind} OFFSET 0) c`,
  )
  return new Map(rows.map(({ id, ...entry }) => [id, entry]))
}
