import { sql } from 'kysely'
import { connectionOf } from '../../database/database.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { noteProblems } from '../note-problems.ts'
import type { Planning } from './planning.ts'
import { latestRecords, ofDirectory } from './staged.ts'

/** A chain of users of whom each wants the name of the next is looked through so far. */
const roundsMax = 50

/**
 * Quarantines users who want a userName that somebody else has and keeps: they stay as they are, and are reported. Of two
 * who want the same one, who is there already gets it. Whoever gives a name up makes room for it at once, so that users
 * may swap theirs.
 */
export async function planNames(tx: Transaction, planning: Planning): Promise<void> {
  if (!(await mayNamesChange(tx, planning))) return
  for (let round = 0; round < roundsMax; round += 1) {
    const refused = await refuseTaken(tx, planning)
    if (refused.length === 0) break
    const problems = refused.map(({ source_id: sourceId }) => ({
      code: 'userNameTaken',
      kind: 'user' as const,
      sourceId,
      detail:
        'Another user of the directory has the same userName. This one is left as it is until the source gives it another.',
    }))
    await noteProblems(connectionOf(tx.db), { organizationId: tx.organizationId, runId: planning.runId }, problems)
  }
  if (planning.purpose === 'sync') await vacateNames(tx, planning)
}

/** Whether anybody is planned who could want another name: mostly nobody is, and what was read need not be sorted for it. */
async function mayNamesChange(tx: Transaction, { runId }: Planning): Promise<boolean> {
  const rows = await send(
    tx.db,
    sql`SELECT FROM sync_changes WHERE organization_id = ${tx.organizationId} AND run_id = ${runId} AND step = 3
      AND kind = 'user' AND effect IN ('create', 'update') LIMIT 1`,
  )
  return rows.length > 0
}

/** Takes those out of the plan who cannot have their name, and answers with them. */
function refuseTaken(tx: Transaction, planning: Planning): Promise<{ source_id: string }[]> {
  return send(
    tx.db,
    sql<{ source_id: string }>`
    WITH ${wanting(tx, planning)},
    held AS (${heldNames(tx, planning)}),
    ranked AS (
      SELECT resource_id, source_id,
        row_number() OVER (PARTITION BY name_key ORDER BY effect DESC, source_id) AS place
      FROM wanting
    ),
    refused AS MATERIALIZED (
      SELECT resource_id, source_id FROM ranked
      WHERE place > 1 OR resource_id IN (SELECT resource_id FROM held WHERE NOT leaves)
    )
    DELETE FROM sync_changes c USING refused WHERE c.organization_id = ${tx.organizationId}
      AND c.run_id = ${planning.runId} AND c.step = 3 AND c.resource_id = refused.resource_id
    RETURNING c.source_id`,
  )
}

/**
 * Takes names from those who give them up, until they are stored with what they have now. The id stands before the name: whoever
 * takes the run back gives it to them again (`returnNames`).
 */
async function vacateNames(tx: Transaction, planning: Planning): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH ${wanting(tx, planning)},
    held AS (${heldNames(tx, planning)})
    UPDATE directory_users u SET user_name_key = u.directory_user_id || ' ' || u.user_name_key
    WHERE ${ofDirectory(tx, planning, 'u')} AND u.directory_user_id IN (SELECT holder_id FROM held WHERE leaves)`,
  )
}

/** `wanting`: who is to have a name that it has not; `leaving`: whose name will be free. */
function wanting(tx: Transaction, planning: Planning) {
  return sql`
    latest AS MATERIALIZED (${latestRecords(tx, planning)}),
    changed AS MATERIALIZED (
      SELECT c.resource_id, c.source_id, c.effect FROM sync_changes c
      WHERE c.organization_id = ${tx.organizationId} AND c.run_id = ${planning.runId} AND c.step = 3 AND c.kind = 'user'
    ),
    wanting AS MATERIALIZED (
      SELECT changed.resource_id, changed.source_id, changed.effect, latest.name_key, u.user_name_key AS had
      FROM changed JOIN latest ON latest.kind = 'user' AND latest.source_id = changed.source_id
      LEFT JOIN directory_users u ON ${ofDirectory(tx, planning, 'u')} AND u.directory_user_id = changed.resource_id
      WHERE changed.effect IN ('create', 'update') AND latest.name_key IS DISTINCT FROM u.user_name_key
    ),
    leaving AS MATERIALIZED (
      SELECT resource_id FROM wanting WHERE had IS NOT NULL
      UNION SELECT resource_id FROM changed WHERE effect IN ('deactivate', 'delete')
      UNION SELECT known.resource_id FROM source_records known WHERE ${ofDirectory(tx, planning, 'known')}
        AND known.kind = 'user' AND known.missed_scans > 0
        AND known.resource_id NOT IN (SELECT resource_id FROM changed WHERE effect IN ('update', 'return'))
    )`
}

/** Who has the names that are wanted, and whether it gives them up. */
function heldNames(tx: Transaction, planning: Planning) {
  return sql`
    SELECT wanting.resource_id, holder.directory_user_id AS holder_id,
      holder.directory_user_id IN (SELECT resource_id FROM leaving) AS leaves
    FROM wanting JOIN directory_users holder ON ${ofDirectory(tx, planning, 'holder')}
      AND holder.user_name_key = wanting.name_key AND holder.directory_user_id <> wanting.resource_id`
}
