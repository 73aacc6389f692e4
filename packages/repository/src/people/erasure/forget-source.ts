import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { forgetRecords } from '../../reconcile/applying/remember-records.ts'

/** Characters of a source's id that are kept of a problem. */
const problemCharacters = 500

/** A directory user of a person, there or gone. */
interface SourceUser {
  directory_id: string
  directory_user_id: string
}

/**
 * Takes out of the memory of syncs what they know of a person: what sources said, what runs found and could not take in, what is on
 * a stage, who was waited for. `links` are the directory users it has now; those that it had are found in what runs wrote down.
 * A walk through that, as long as it is: the caller lets statements take their time.
 */
export async function forgetSource(tx: Transaction, userId: string, links: readonly SourceUser[]): Promise<void> {
  const users = [...links, ...(await formerUsers(tx, userId))]
  if (users.length === 0) return
  const ids = [...new Set(users.map((user) => user.directory_user_id))]
  const named: (readonly [directoryId: string, names: string[]])[] = []
  for (const directoryId of new Set(users.map((user) => user.directory_id))) {
    named.push([directoryId, await namesOf(tx, directoryId, ids)])
  }
  await forgetRecords(tx, ids)
  for (const [directoryId, names] of named) await forgetNames(tx, directoryId, names)
  await send(
    tx.db,
    sql`UPDATE sync_changes SET before = NULL, source_id = NULL WHERE organization_id = ${tx.organizationId}
      AND kind = 'user' AND ${anyOf('resource_id', ids)}`,
  )
}

function formerUsers(tx: Transaction, userId: string): Promise<SourceUser[]> {
  return send(
    tx.db,
    sql<SourceUser>`
    SELECT DISTINCT r.directory_id, c.resource_id AS directory_user_id FROM sync_changes c
    JOIN sync_runs r ON r.organization_id = ${tx.organizationId} AND r.run_id = c.run_id
    WHERE c.organization_id = ${tx.organizationId} AND c.kind = 'user' AND c.before ->> 'userId' = ${userId}`,
  )
}

/** Everything that the source calls them, by what is stored and by what runs found. */
async function namesOf(tx: Transaction, directoryId: string, ids: readonly string[]): Promise<string[]> {
  const own = sql`organization_id = ${tx.organizationId}`
  const rows = await send(
    tx.db,
    sql<{ name: string }>`
    SELECT source_id AS name FROM source_records WHERE ${own} AND directory_id = ${directoryId} AND kind = 'user'
      AND ${anyOf('resource_id', ids)}
    UNION
    SELECT reference_key FROM source_references WHERE ${own} AND directory_id = ${directoryId}
      AND ${anyOf('resource_id', ids)}
    UNION
    SELECT said.name FROM (SELECT source_id, before FROM sync_changes WHERE ${own} AND kind = 'user'
      AND ${anyOf('resource_id', ids)} AND run_id IN (${runsOf(tx, directoryId)})) c
    CROSS JOIN LATERAL (
      SELECT c.source_id AS name UNION
      SELECT jsonb_array_elements_text(COALESCE(c.before #> '{source,references}', '[]'))) said
    WHERE said.name IS NOT NULL`,
  )
  return rows.map((row) => row.name)
}

function runsOf(tx: Transaction, directoryId: string) {
  return sql`SELECT run_id FROM sync_runs WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
}

function departures(tx: Transaction, directoryId: string, names: readonly string[]) {
  return sql`DELETE FROM source_departures WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
    AND kind = 'user' AND source_id = ANY(${names}::text[])`
}

async function forgetNames(tx: Transaction, directoryId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const ofRuns = sql`organization_id = ${tx.organizationId} AND run_id IN (${runsOf(tx, directoryId)})`
  const shortened = names.map((name) => name.slice(0, problemCharacters))
  for (const statement of [
    // Also of plans, in which somebody who was gone would have come into being again.
    sql`UPDATE sync_changes SET before = NULL, source_id = NULL WHERE ${ofRuns} AND kind = 'user'
      AND source_id = ANY(${names}::text[])`,
    sql`DELETE FROM sync_problems WHERE ${ofRuns} AND kind = 'user' AND source_id = ANY(${shortened}::text[])`,
    sql`DELETE FROM sync_stage_records WHERE ${ofRuns} AND kind = 'user' AND source_id = ANY(${names}::text[])`,
    sql`DELETE FROM sync_stage_edges WHERE ${ofRuns} AND member_key = ANY(${names}::text[])`,
    sql`DELETE FROM pending_memberships WHERE organization_id = ${tx.organizationId}
      AND directory_id = ${directoryId} AND source_key = ANY(${names}::text[])`,
    departures(tx, directoryId, names),
  ]) {
    await send(tx.db, statement)
  }
}
