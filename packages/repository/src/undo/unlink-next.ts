import type { Provided } from '@muster/people'
import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { peopleByIds } from '../people/settling/concerned.ts'
import { lockPeople } from '../people/settling/lock-people.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { ofDirectory } from '../reconcile/planning/staged.ts'
import { settingsOf } from '../settings/directory-settings.ts'
import { groupConditions } from '../settings/group-filter.ts'
import { forgetValues } from './forget-values.ts'
import { settleReports } from './settle-reports.ts'
import { asAsked } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** Links that are taken back together. */
const linksTogether = 1_000

interface NewLink {
  directory_user_id: string
  user_id: string
  mapped: Provided
}

/**
 * Takes back the next links that the undone run made by letting somebody through the filters, whom they keep out again, or that came
 * about on the way back, when some groups were restored and others not yet: what the directory says of them does not count
 * for people who were there before. False when there are none.
 */
export async function unlinkNext(tx: Transaction, undoing: Undoing): Promise<boolean> {
  const { directoryId } = undoing
  // A walk through the links of the directory.
  await send(tx.db, sql`SET LOCAL statement_timeout = 0`)
  const links = await findNewLinks(tx, undoing)
  if (links.length === 0) return false
  const userIds = links.map((link) => link.user_id)
  await lockPeople(tx, peopleByIds(userIds))
  const ids = links.map((link) => link.directory_user_id)
  await send(
    tx.db,
    sql`DELETE FROM user_links WHERE ${ofDirectory(tx, undoing)} AND ${anyOf('directory_user_id', ids)}`,
  )
  for (const [otherId, others] of Map.groupBy(await otherLinks(tx, userIds), (link) => link.directory_id)) {
    const users = others.map((link) => link.directory_user_id)
    await settlePeople(tx, otherId, users, asAsked)
  }
  await forgetValues(
    tx,
    directoryId,
    links.map(({ user_id: userId, mapped: values }) => ({ userId, values })),
  )
  await settleReports(tx, directoryId, userIds)
  return true
}

async function findNewLinks(tx: Transaction, undoing: Undoing): Promise<NewLink[]> {
  const { groupFilters } = await settingsOf(tx, undoing.directoryId)
  const { tables, passes } = groupConditions(tx.organizationId, undoing.directoryId, groupFilters)
  return send(
    tx.db,
    sql<NewLink>`
    WITH RECURSIVE ${tables}
    undone AS MATERIALIZED (
      SELECT started_at, finished_at FROM sync_runs WHERE organization_id = ${tx.organizationId}
        AND run_id = ${undoing.undoneRunId}
    ),
    undo AS MATERIALIZED (
      SELECT started_at FROM sync_runs WHERE organization_id = ${tx.organizationId} AND run_id = ${undoing.runId}
    )
    SELECT u.directory_user_id, l.user_id, u.mapped FROM (
      SELECT directory_user_id, user_id FROM user_links
      WHERE ${ofDirectory(tx, undoing)} AND NOT active AND linked_at >= (SELECT started_at FROM undone)
        AND (linked_at <= (SELECT finished_at FROM undone) OR linked_at >= (SELECT started_at FROM undo)) OFFSET 0) l
    CROSS JOIN LATERAL (
      SELECT directory_user_id, selected, mapped FROM directory_users WHERE ${ofDirectory(tx, undoing)}
        AND directory_user_id = l.directory_user_id OFFSET 0) u
    WHERE NOT (u.selected AND ${passes})
    ORDER BY u.directory_user_id LIMIT ${linksTogether}`,
  )
}

function otherLinks(
  tx: Transaction,
  userIds: readonly string[],
): Promise<{ directory_id: string; directory_user_id: string }[]> {
  return send(
    tx.db,
    sql`
    SELECT directory_id, directory_user_id FROM user_links WHERE organization_id = ${tx.organizationId}
      AND ${anyOf('user_id', userIds)} ORDER BY directory_id, directory_user_id`,
  )
}
