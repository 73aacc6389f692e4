import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryCounts } from './count-kinds.ts'

const none: DirectoryCounts = { users: 0, groups: 0, activeUsers: 0, memberships: 0 }

/**
 * What a transaction changes in the counts of its directories, summed up until its end: the rows of counts are locked
 * as late as possible, right before the organization's sequence of events. What is left of a deleted directory counts for nothing.
 */
export class CountChanges {
  readonly #changes = new Map<string, DirectoryCounts>()

  add(directoryId: string, kind: keyof DirectoryCounts, change: number): void {
    const counts = this.#changes.get(directoryId) ?? { ...none }
    counts[kind] += change
    this.#changes.set(directoryId, counts)
  }

  /** Sends them in one statement, rows in order of id; undefined when there is nothing to say. */
  flush({ organizationId, db }: Pick<Transaction, 'organizationId' | 'db'>): Promise<unknown> | undefined {
    const changes = [...this.#changes]
      .filter(([, counts]) => Object.values(counts).some((change) => change !== 0))
      .map(([directory_id, counts]) => ({ directory_id, ...counts }))
    if (changes.length === 0) return undefined
    return send(
      db,
      sql`
      INSERT INTO directory_counts AS counts
        (organization_id, directory_id, user_count, group_count, active_user_count, membership_count)
      SELECT ${organizationId}::uuid, directory_id, users, groups, "activeUsers", memberships
      FROM json_to_recordset(${JSON.stringify(changes)})
        AS change (directory_id uuid, users bigint, groups bigint, "activeUsers" bigint, memberships bigint)
      WHERE EXISTS (SELECT FROM directories d WHERE d.organization_id = ${organizationId}::uuid
        AND d.directory_id = change.directory_id OFFSET 0)
      ORDER BY directory_id
      ON CONFLICT (organization_id, directory_id) DO UPDATE SET
        user_count = counts.user_count + excluded.user_count,
        group_count = counts.group_count + excluded.group_count,
        active_user_count = counts.active_user_count + excluded.active_user_count,
        membership_count = counts.membership_count + excluded.membership_count`,
    )
  }
}

/** How many resources a directory has, without counting them. */
export async function countsOf(reader: Reader, directoryId: string): Promise<DirectoryCounts> {
  const [row] = await send(
    reader.db,
    sql<DirectoryCounts>`SELECT user_count AS users, group_count AS groups, active_user_count AS "activeUsers",
        membership_count AS memberships FROM directory_counts WHERE organization_id = ${reader.organizationId}::uuid AND directory_id = ${directoryId}::uuid`,
  )
  return row ?? none
}
