import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { type AuditEntryView, type AuditRow, storedTarget, toAuditEntryView } from './entry-view.ts'

/** Which entries; what is undefined narrows nothing. */
export interface AuditQuery {
  action?: string | undefined
  /** The `id` of the actor, such as an API key's. */
  actor?: string | undefined
  /** As it is shown. */
  target?: string | undefined
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
}

/** A page of the organization's audit trail, the newest first; `before` is the sequence of the last one of the page before. */
export async function listAudit(
  reader: Reader,
  query: AuditQuery,
  page: { before: number | undefined; limit: number },
): Promise<AuditEntryView[]> {
  const beyond = page.before === undefined ? sql`` : sql`AND sequence < ${page.before}`
  const { rows } = await sql<AuditRow>`
    SELECT organization_id, audit_entry_id, sequence, actor, action, target, detail, occurred_at, hash
    FROM audit_entries WHERE ${matches(reader, query)} ${beyond}
    ORDER BY sequence DESC LIMIT ${page.limit}`.execute(reader.db)
  return rows.map(toAuditEntryView)
}

export async function countAudit(reader: Reader, query: AuditQuery): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM audit_entries WHERE ${matches(reader, query)}`.execute(reader.db)
  return rows[0]?.count ?? 0
}

function matches({ organizationId }: Reader, { action, actor, target, since, until }: AuditQuery): RawBuilder<unknown> {
  const conditions = [
    sql`organization_id = ${organizationId}::uuid`,
    action === undefined ? undefined : sql`action = ${action}`,
    actor === undefined ? undefined : sql`actor ->> 'id' = ${actor}`,
    target === undefined ? undefined : sql`target = ${storedTarget(target)}`,
    since === undefined ? undefined : sql`occurred_at >= ${since}`,
    until === undefined ? undefined : sql`occurred_at < ${until}`,
  ]
  return sql.join(
    conditions.filter((condition) => condition !== undefined),
    sql` AND `,
  )
}
