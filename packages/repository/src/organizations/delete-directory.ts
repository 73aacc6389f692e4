import { trips } from '@muster/people'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { toGone } from '../directory-users/delete.ts'
import type { GoneRow } from '../directory-users/remove.ts'
import type { GuardMode } from '../holds/guard-mode.ts'
import { openHold } from '../holds/open-hold.ts'
import { lockWindow } from '../holds/window.ts'
import { dropGroups, holdGroupsOf } from '../people/settling/drop-groups.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { adoptStaged } from '../reconcile/judging/adopt-staged.ts'
import { settingsOf } from '../settings/directory-settings.ts'
import { stopWrites } from '../syncs/call-off-run.ts'
import { directoryReference } from './directory-reference.ts'

/** How many people one settlement takes at once: its statements stay well below the memory of a connection. */
const usersTogether = 5_000

/** What a directory has beside its users and groups, itself last. */
const ownTables = [
  'credential_routes',
  'directory_tokens',
  'directory_routes',
  'scim_requests',
  'removal_counts',
  'sync_routes',
  'notification_channels',
  'notification_routes',
  'directories',
]

/**
 * Deletes a directory, all it holds and its tokens. One `directory.deleted`, then the events of its people, who are
 * settled from their other directories, and of its groups. When the guard holds the removals, people keep what they have
 * until somebody decides. False when there is no such directory.
 */
export async function deleteDirectory(tx: Transaction, directoryId: string): Promise<boolean> {
  await stopWrites(tx, directoryId)
  // Whoever adds something to it from now on waits for the end, and finds it gone.
  const found = await sql`SELECT FROM directories WHERE organization_id = ${tx.organizationId}
    AND directory_id = ${directoryId} FOR UPDATE`.execute(tx.db)
  if (found.rows.length === 0) return false
  const directory = await directoryReference(tx, directoryId)
  const { type } = directory
  tx.append([{ type: 'directory.deleted', directoryId, subjectId: directoryId, data: { directory } }])
  // A large directory takes longer than any request may: lift the limit for this one transaction.
  await sql`SET LOCAL statement_timeout = 0`.execute(tx.db)
  const mode = await judgeDeletion(tx, directoryId)
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await sql`DELETE FROM memberships WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM directory_groups WHERE ${here}`.execute(tx.db)
  const { rows } = await sql<GoneRow>`
    DELETE FROM directory_users WHERE ${here} RETURNING directory_user_id, mapped, external_id`.execute(tx.db)
  const gone = [...rows.map(toGone), ...(type === 'SCIM' ? [] : await adoptStaged(tx, directoryId, mode))]
  if (mode.kind === 'hold') await holdGroupsOf(tx, directoryId, mode.holdId)
  for (let from = 0; from < gone.length; from += usersTogether) {
    const some = gone.slice(from, from + usersTogether)
    await settlePeople(tx, directoryId, some, { guard: mode, memberships: 'asUsers', quiet: true })
  }
  if (mode.kind !== 'hold') {
    // Behind the people, as everybody takes it: no group is put into a hold that ends at this moment.
    await lockWindow(tx, directoryId)
    await dropGroups(tx, directoryId)
  }
  // What waits goes on to rank where its directory did.
  await sql`UPDATE user_links SET kept = kept || (SELECT jsonb_build_object('directoryCreatedAt', created_at) FROM directories
    WHERE ${here}) WHERE ${here} AND kept IS NOT NULL`.execute(tx.db)
  await dropRows(tx, directoryId)
  for (const table of ownTables) await sql`DELETE FROM ${sql.table(table)} WHERE ${here}`.execute(tx.db)
  await appendAudit(tx, { action: 'directory.delete', target: directoryId })
  return true
}

/** What its runs have read, and changed: no foreign key leads from there. */
async function dropRows(tx: Transaction, directoryId: string): Promise<void> {
  for (const table of ['sync_stage_records', 'sync_stage_edges', 'sync_changes']) {
    await sql`DELETE FROM ${sql.table(table)} WHERE organization_id = ${tx.organizationId}
      AND run_id IN (SELECT run_id FROM sync_runs
        WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId})`.execute(tx.db)
  }
}

/** As a whole: how many people, of all that the directory holds, would no other directory keep active. */
async function judgeDeletion(tx: Transaction, directoryId: string): Promise<GuardMode> {
  const { guard } = await settingsOf(tx, directoryId)
  const [counted] = await send(
    tx.db,
    sql<{ population: number; removals: number }>`
    SELECT count(*) AS population, count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM user_links other WHERE other.organization_id = l.organization_id AND other.user_id = l.user_id
          AND other.directory_id <> l.directory_id AND other.active OFFSET 0)) AS removals
    FROM user_links l WHERE l.organization_id = ${tx.organizationId} AND l.directory_id = ${directoryId} AND l.active`,
  )
  if (counted === undefined || !trips(guard.users, counted)) return { kind: 'apply' }
  const holdId = newUuid()
  const directory = await directoryReference(tx, directoryId)
  const { removals } = counted
  await openHold(tx, { holdId, directoryId, directory, reason: 'directory_deleted', kind: 'users', removals })
  return { kind: 'hold', holdId }
}
