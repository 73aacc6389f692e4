import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { peopleByIds } from '../people/settling/concerned.ts'
import { toGroupView } from '../people/views/group-view.ts'
import { readGroups } from '../people/views/read-groups.ts'
import { toUserView } from '../people/views/user-view.ts'
import { viewPeople } from '../people/views/view-people.ts'

/** What a hold keeps from happening. People and groups as every surface shows them. */
export type HeldChange =
  | { kind: 'user'; effect: 'deactivate' | 'delete'; directoryId: string; user: View }
  | { kind: 'group'; directoryId: string; group: View }
  | { kind: 'membership'; directoryId: string; user: View; group: View }

type View = Record<string, unknown>

/** Where a change is among those of its hold: people first, then groups, then memberships. */
export interface HeldPosition {
  kind: HeldChange['kind']
  /** The person; of a group the group. */
  id: string
  /** The directory; of a membership the group. */
  ofId: string
}

interface HeldRow {
  kind: HeldChange['kind']
  id: string
  of_id: string
  directory_id: string
  /** Whether the directory user is gone. */
  gone: boolean
}

const ranks: Record<HeldChange['kind'], number> = { user: 1, group: 2, membership: 3 }

/** A page of what waits in a hold now, each with its position; undefined for what went while it was being read. */
export async function listHeldChanges(
  reader: Reader,
  holdId: string,
  page: { after: HeldPosition | undefined; limit: number },
): Promise<{ position: HeldPosition; change: HeldChange | undefined }[]> {
  const rows = await nextHeld(reader, holdId, page)
  const userIds = rows.flatMap(({ kind, id }) => (kind === 'group' ? [] : [id]))
  const groupIds = rows.flatMap(({ kind, id, of_id }) => (kind === 'user' ? [] : [kind === 'group' ? id : of_id]))
  const users = new Map([...(await viewPeople(reader, peopleByIds(userIds)))].map(([id, row]) => [id, toUserView(row)]))
  const groups = new Map((await readGroups(reader, groupIds)).map((row) => [row.group_id, toGroupView(row)]))
  return rows.map((row) => ({
    position: { kind: row.kind, id: row.id, ofId: row.of_id },
    change: toChange(row, users, groups),
  }))
}

function toChange(
  { kind, id, of_id: ofId, directory_id: directoryId, gone }: HeldRow,
  users: ReadonlyMap<string, View>,
  groups: ReadonlyMap<string, View>,
): HeldChange | undefined {
  const user = users.get(id)
  const group = groups.get(kind === 'group' ? id : ofId)
  if (kind === 'user') return user && { kind, effect: gone ? 'delete' : 'deactivate', directoryId, user }
  if (kind === 'group') return group && { kind, directoryId, group }
  return user && group && { kind, directoryId, user, group }
}

function nextHeld(
  reader: Reader,
  holdId: string,
  { after, limit }: { after: HeldPosition | undefined; limit: number },
): Promise<HeldRow[]> {
  const held = sql`organization_id = ${reader.organizationId} AND hold_id = ${holdId}`
  const behind =
    after === undefined
      ? sql`true`
      : sql`(rank, id, of_id) > (${ranks[after.kind]}::integer, ${after.id}::uuid, ${after.ofId}::uuid)`
  return send(
    reader.db,
    sql<HeldRow>`
    SELECT held.* FROM (
      SELECT 'user' AS kind, ${ranks.user}::integer AS rank, user_id AS id, directory_id AS of_id, directory_id,
        kept IS NOT NULL AS gone FROM user_links WHERE ${held}
      UNION ALL
      SELECT 'group', ${ranks.group}::integer, group_id, directory_id, directory_id, true FROM groups WHERE ${held}
      UNION ALL
      SELECT 'membership', ${ranks.membership}::integer, user_id, group_id, directory_id, true FROM user_groups
      WHERE ${held}
    ) held WHERE ${behind} ORDER BY rank, id, of_id LIMIT ${limit}`,
  )
}
