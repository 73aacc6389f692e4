import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { readAsFollower } from '../database/read.ts'
import { send } from '../database/send.ts'

/** The last sequence number of the log of each of these organizations, by its id: one look for all. */
export async function lastSequences(
  database: Database,
  scopes: readonly OrganizationScope[],
): Promise<Map<string, number>> {
  const ids = [...new Set(scopes.map((scope) => scope.organizationId))]
  const rows = await readAsFollower(database, (db) =>
    send(
      db,
      sql<{ organization_id: string; last_sequence: number }>`
      SELECT log.organization_id, log.last_sequence FROM unnest(${ids}::uuid[]) AS asked (id)
      CROSS JOIN LATERAL (SELECT * FROM event_sequences WHERE organization_id = asked.id OFFSET 0) log`,
    ),
  )
  return new Map(rows.map((row) => [row.organization_id, row.last_sequence]))
}
