import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../../audit/append.ts'
import { LostRace } from '../../database/database-errors.ts'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { removeDirectoryUsers } from '../../directory-users/remove.ts'
import { withdrawEmpty } from '../../holds/withdraw-empty.ts'
import { holdSettings } from '../../settings/settings-lock.ts'
import { releaseClaims } from '../manual/claim.ts'
import { peopleByIds } from '../settling/concerned.ts'
import { lockPeople } from '../settling/lock-people.ts'
import { forgetManager, reportsOf } from './erase-manager.ts'
import { forgetSource } from './forget-source.ts'

interface Link {
  directory_id: string
  directory_user_id: string
  active: boolean
  hold_id: string | null
}

/**
 * Erases a person: the person, its directory users in all directories, what events said of either, and what syncs
 * remember. What stays is the
 * id, in the log and in the audit trail. No guard judges this: an administrator asks for one person. Whoever arrives
 * with the same address later is somebody new. The walk through the organization's log takes as long as it takes. False
 * when there is none of this id.
 */
export async function erasePerson(tx: Transaction, userId: string): Promise<boolean> {
  // Before any row is locked: see lockSettings.
  holdSettings(tx)
  const links = await linksOf(tx, userId)
  for (const { directory_id: directoryId, directory_user_id: id } of links) {
    await removeDirectoryUsers(tx, directoryId, [id])
  }
  const reports = await reportsOf(tx, userId)
  await lockPeople(tx, peopleByIds([userId, ...reports]))
  const [, [person], linksNow] = await pipelined(
    // The walk through the events.
    send(tx.db, sql`SET LOCAL statement_timeout = 0`),
    // Stronger than lockPeople: nobody can be linked to the person from here on.
    send(
      tx.db,
      sql<{ user_id: string }>`
      SELECT user_id FROM users WHERE organization_id = ${tx.organizationId} AND user_id = ${userId} FOR UPDATE`,
    ),
    linksOf(tx, userId),
  )
  if (person === undefined) return false
  if (linkKeys(linksNow) !== linkKeys(links)) throw new LostRace('The person was linked to another directory user')
  await forgetManager(tx, userId, reports)
  await dropPerson(tx, userId, linksNow)
  await forgetSource(tx, userId, linksNow)
  await send(
    tx.db,
    sql`
    UPDATE events SET data = '{"erased":true}' WHERE organization_id = ${tx.organizationId} AND subject_id = ${userId}
      AND data::text <> '{"erased":true}'`,
  )
  const data = { user: { id: toTypeId('user', userId) } }
  tx.append([{ type: 'directory.user.erased', directoryId: null, subjectId: userId, data }])
  appendAudit(tx, { action: 'user.erase', target: userId })
  return true
}

/** In order of directory, so that two who erase take turns. */
function linksOf(tx: Transaction, userId: string): Promise<Link[]> {
  return send(
    tx.db,
    sql<Link>`
    SELECT directory_id, directory_user_id, active, hold_id FROM user_links
    WHERE organization_id = ${tx.organizationId} AND user_id = ${userId} ORDER BY directory_id`,
  )
}

function linkKeys(links: readonly Link[]): string {
  return links.map((link) => link.directory_user_id).join(' ')
}

async function dropPerson(tx: Transaction, userId: string, links: readonly Link[]): Promise<void> {
  const own = sql`organization_id = ${tx.organizationId} AND user_id = ${userId}`
  const groups = await send(
    tx.db,
    sql<{ directory_id: string; hold_id: string | null }>`
    DELETE FROM user_groups WHERE ${own} RETURNING directory_id, hold_id`,
  )
  for (const { directory_id: directoryId } of groups) tx.count(directoryId, 'memberships', -1)
  for (const { directory_id: directoryId, active } of links) tx.count(directoryId, 'activeUsers', active ? -1 : 0)
  for (const table of ['user_links', 'user_roles']) {
    await send(tx.db, sql`DELETE FROM ${sql.table(table)} WHERE ${own}`)
  }
  await releaseClaims(tx, userId)
  await send(tx.db, sql`DELETE FROM users WHERE ${own}`)
  await withdrawEmpty(tx, [...new Set([...links, ...groups].flatMap((row) => row.hold_id ?? []))])
}
