import type { Cause, EventType } from '@muster/events'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { pipelined } from '../database/pipelined.ts'
import { readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { directoryReference } from '../organizations/directory-reference.ts'

/** How many directories turned. */
interface Turned {
  silent: number
  recovered: number
}

/**
 * Says `directory.silent` of each SCIM directory in use whose tokens were used by nobody for longer than it allows, and
 * `directory.recovered` once one is used again, each in the transaction that notes it: run again, or twice at once, it
 * repeats nothing. One transaction an organization.
 */
export async function watchSilence(database: Database, { cause }: { cause: Cause }): Promise<Turned> {
  // No organization is known yet: the routing table tells who has directories.
  const routes = await readRoutes(database, (db) =>
    db.selectFrom('directory_routes').select('organization_id').distinct().execute(),
  )
  const sum: Turned = { silent: 0, recovered: 0 }
  for (const { organization_id: organizationId } of routes) {
    const { silent, recovered } = await transact(database, scopeTo(organizationId), cause, watchInOrganization)
    sum.silent += silent
    sum.recovered += recovered
  }
  return sum
}

async function watchInOrganization(tx: Transaction): Promise<Turned> {
  const [recovered, silent] = await pipelined(endSilence(tx), beginSilence(tx))
  await appendEach(tx, 'directory.recovered', recovered, ({ since }) => ({ since }))
  await appendEach(tx, 'directory.silent', silent, ({ last_request_at: lastRequestAt }) => ({ lastRequestAt }))
  return { silent: silent.length, recovered: recovered.length }
}

/** The first request was the one that activated it, should its token be gone. */
function lastRequestOf({ organizationId }: Transaction): RawBuilder<Date> {
  return sql`COALESCE((SELECT max(t.last_used_at) FROM directory_tokens t
    WHERE t.organization_id = ${organizationId} AND t.directory_id = d.directory_id), d.activated_at)`
}

/** Two at once: the second waits for the first, looks at the row again and finds it silent. */
function beginSilence(tx: Transaction): Promise<{ directory_id: string; last_request_at: Date }[]> {
  return send(
    tx.db,
    sql`
    UPDATE directories d SET silent_since = now()
    WHERE d.organization_id = ${tx.organizationId} AND d.type = 'SCIM' AND d.status = 'ACTIVE' AND NOT d.is_test
      AND d.silent_since IS NULL AND d.activated_at IS NOT NULL
      AND ${lastRequestOf(tx)} < now() - make_interval(hours => d.silent_after_hours)
    RETURNING d.directory_id, ${lastRequestOf(tx)} AS last_request_at`,
  )
}

function endSilence(tx: Transaction): Promise<{ directory_id: string; since: Date }[]> {
  return send(
    tx.db,
    sql`
    WITH heard AS MATERIALIZED (
      SELECT d.directory_id, d.silent_since FROM directories d
      WHERE d.organization_id = ${tx.organizationId} AND d.silent_since IS NOT NULL
        AND ${lastRequestOf(tx)} > d.silent_since
      FOR NO KEY UPDATE
    )
    UPDATE directories d SET silent_since = NULL FROM heard
    WHERE d.organization_id = ${tx.organizationId} AND d.directory_id = heard.directory_id
    RETURNING d.directory_id, heard.silent_since AS since`,
  )
}

async function appendEach<R extends { directory_id: string }>(
  tx: Transaction,
  type: EventType,
  rows: readonly R[],
  dataOf: (row: R) => Record<string, unknown>,
): Promise<void> {
  // Each directory is read once a transaction, and all reads travel together.
  const directories = await Promise.all(rows.map((row) => directoryReference(tx, row.directory_id)))
  tx.append(
    rows.map((row, index) => ({
      type,
      directoryId: row.directory_id,
      subjectId: row.directory_id,
      data: { directory: directories[index], ...dataOf(row) },
    })),
  )
}
