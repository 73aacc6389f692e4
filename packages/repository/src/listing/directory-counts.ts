import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** Resources of a directory, or how many more or fewer there are. */
export interface DirectoryCounts {
  users: number
  groups: number
}

/**
 * What a transaction changes in the counts of its directories, summed up until its end: the rows of counts are locked
 * as late as possible, right before the organization's sequence of events.
 */
export class CountChanges {
  readonly #changes = new Map<string, DirectoryCounts>()

  add(directoryId: string, kind: keyof DirectoryCounts, change: number): void {
    const counts = this.#changes.get(directoryId) ?? { users: 0, groups: 0 }
    counts[kind] += change
    this.#changes.set(directoryId, counts)
  }

  /** Sends them in one statement, rows in order of id; undefined when there is nothing to say. */
  flush({ organizationId, db }: Pick<Transaction, 'organizationId' | 'db'>): Promise<unknown> | undefined {
    const changes = [...this.#changes]
      .filter(([, { users, groups }]) => users !== 0 || groups !== 0)
      .map(([directory_id, { users, groups }]) => ({ directory_id, user_count: users, group_count: groups }))
    if (changes.length === 0) return undefined
    return send(
      db,
      sql`
      INSERT INTO directory_counts AS counts (organization_id, directory_id, user_count, group_count)
      SELECT ${organizationId}::uuid, directory_id, user_count, group_count
      FROM json_to_recordset(${JSON.stringify(changes)})
        AS change (directory_id uuid, user_count bigint, group_count bigint)
      ORDER BY directory_id
      ON CONFLICT (organization_id, directory_id) DO UPDATE SET
        user_count = counts.user_count + excluded.user_count,
        group_count = counts.group_count + excluded.group_count`,
    )
  }
}

/** How many resources a directory has, without counting them. */
export async function countsOf(reader: Reader, directoryId: string): Promise<DirectoryCounts> {
  const [row] = await send(
    reader.db,
    sql<DirectoryCounts>`SELECT user_count AS users, group_count AS groups FROM directory_counts
      WHERE organization_id = ${reader.organizationId}::uuid AND directory_id = ${directoryId}::uuid`,
  )
  return row ?? { users: 0, groups: 0 }
}
