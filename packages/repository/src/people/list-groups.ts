import { comparisonKey } from '@muster/scim'
import type { Reader } from '../database/read.ts'
import { groupRowColumns, toGroupView } from './group-view.ts'

export interface GroupQuery {
  directoryId?: string | undefined
  name?: string | undefined
}

function matching(reader: Reader, query: GroupQuery) {
  let groups = reader.db.selectFrom('groups').where('organization_id', '=', reader.organizationId)
  if (query.directoryId !== undefined) groups = groups.where('directory_id', '=', query.directoryId)
  if (query.name !== undefined) {
    // The key has the index; the name itself decides.
    groups = groups.where('name_key', '=', comparisonKey(query.name)).where('name', '=', query.name)
  }
  return groups
}

/** A page of the organization's groups over all directories by id, as every surface shows them. */
export async function listGroups(
  reader: Reader,
  query: GroupQuery,
  page: { after: string | undefined; limit: number },
): Promise<{ groupId: string; group: Record<string, unknown> }[]> {
  let groups = matching(reader, query).select(groupRowColumns).orderBy('group_id').limit(page.limit)
  if (page.after !== undefined) groups = groups.where('group_id', '>', page.after)
  const rows = await groups.execute()
  return rows.map((row) => ({ groupId: row.group_id, group: toGroupView(row) }))
}

export async function countGroups(reader: Reader, query: GroupQuery): Promise<number> {
  const row = await matching(reader, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return row.count
}

/** One group; undefined when the organization has none of this id. */
export async function findGroup(reader: Reader, groupId: string): Promise<Record<string, unknown> | undefined> {
  const row = await matching(reader, {}).select(groupRowColumns).where('group_id', '=', groupId).executeTakeFirst()
  return row && toGroupView(row)
}
