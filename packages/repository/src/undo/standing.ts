import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { KnownUser } from '../reconcile/applying/known-users.ts'
import type { Undoing } from './undoing.ts'

/** What is where a user was, by now. */
export interface Standing {
  /** Whether its person, when it had one, is there still. */
  hasPerson: boolean
  /** The user of the directory that is linked to that person. */
  linkedId: string | null
  /** Whether that one was new in the undone run, and goes again. */
  linkedIsNew: boolean
  /** Who has its userName. */
  namesakeId: string | null
}

/** Looks where users would be put back, and keeps their people from being erased until the end of the transaction. */
export async function readStanding(
  tx: Transaction,
  { directoryId, undoneRunId }: Undoing,
  users: readonly KnownUser[],
): Promise<Map<string, Standing>> {
  if (users.length === 0) return new Map()
  const asked = users.map(({ directoryUserId, userId, userNameKey }) => ({
    id: directoryUserId,
    user_id: userId,
    name_key: userNameKey,
  }))
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  const rows = await send(
    tx.db,
    sql<Standing & { id: string }>`
    SELECT asked.id, person.user_id IS NOT NULL OR asked.user_id IS NULL AS "hasPerson",
      link.directory_user_id AS "linkedId", fresh.resource_id IS NOT NULL AS "linkedIsNew",
      namesake.directory_user_id AS "namesakeId"
    FROM (
      SELECT * FROM json_to_recordset(${JSON.stringify(asked)}) AS given (id uuid, user_id uuid, name_key text)
      ORDER BY user_id OFFSET 0
    ) asked
    LEFT JOIN LATERAL (
      SELECT user_id FROM users WHERE organization_id = ${tx.organizationId} AND user_id = asked.user_id FOR KEY SHARE
    ) person ON true
    LEFT JOIN LATERAL (
      SELECT directory_id, directory_user_id FROM user_links WHERE organization_id = ${tx.organizationId}
        AND user_id = asked.user_id OFFSET 0) link ON link.directory_id = ${directoryId}
    LEFT JOIN LATERAL (
      SELECT resource_id FROM sync_changes WHERE organization_id = ${tx.organizationId} AND run_id = ${undoneRunId}
        AND step = 3 AND resource_id = link.directory_user_id AND effect = 'create' OFFSET 0) fresh ON true
    LEFT JOIN LATERAL (
      SELECT directory_user_id FROM directory_users WHERE ${here} AND user_name_key = asked.name_key COLLATE "C"
        AND directory_user_id <> asked.id OFFSET 0) namesake ON true`,
  )
  return new Map(rows.map(({ id, ...standing }) => [id, standing]))
}
