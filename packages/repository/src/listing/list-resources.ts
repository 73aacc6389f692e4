import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { type DirectoryGroupRow, findDirectoryGroups } from '../directory-groups/read.ts'
import { type DirectoryUserRow, findDirectoryUsers } from '../directory-users/read.ts'
import { groupSubject } from '../filters/group-subject.ts'
import type { Condition } from '../filters/sql-condition.ts'
import type { DirectoryPlace, Subject } from '../filters/subject.ts'
import { userSubject } from '../filters/user-subject.ts'
import { postgresTypes } from '../filters/value-kinds.ts'
import { countSelected } from './count-selected.ts'
import { isFamiliar } from './familiar.ts'
import type { List, ListPage, ListPosition, ListSelection } from './list.ts'
import { type Order, orderOf, orderWords } from './order.ts'
import { rangesBehind } from './ranges.ts'
import { type ListedRow, readPage } from './read-page.ts'
import { type Cut, idsOf, isNear, type Selected, select } from './selected.ts'
import { sendList } from './send-list.ts'

export type DirectoryResource = { kind: 'User'; row: DirectoryUserRow } | { kind: 'Group'; row: DirectoryGroupRow }

interface FoundRow extends ListedRow {
  kind: 'User' | 'Group'
}

/**
 * A page of users and groups together, in one order, and how many match in all. By index the cost grows with the depth
 * of the page, behind a position it does not.
 * @throws `tooMany` when a filter or the order takes too long
 */
export async function listDirectoryResources(
  reader: Reader,
  place: DirectoryPlace,
  selections: { user: ListSelection; group: ListSelection },
  page: ListPage,
  options: { withGroups: boolean; membersMax: number },
): Promise<List<DirectoryResource>> {
  const here = { ...place, organizationId: reader.organizationId }
  const [user, group] = selectBoth([userSubject(here), selections.user], [groupSubject(here), selections.group])
  const both = [user, group]
  const totals = page.wantsTotal ? both.map((selected) => countSelected(reader, selected)) : []
  const reading = readPage(
    page,
    (position) => rangesOf(user, position).map((range, at) => [range, rangesOf(group, position)[at] ?? false]),
    (ranges, cut) => readIds(reader, both, ranges, cut),
  )
  const [{ rows: found, last }, ...counts] = await Promise.all([reading, ...totals])
  return {
    total: page.wantsTotal ? counts.reduce((sum, count) => sum + count, 0) : undefined,
    rows: await resourcesOf(reader, place.directoryId, found, options),
    next: last && { key: last.key, id: last.id, kind: last.kind },
  }
}

type Selecting = readonly [Subject, ListSelection]

/** Both kinds, in orders that can be merged: what one kind has no attribute for is a key that all of it lack. */
function selectBoth(user: Selecting, group: Selecting): [Selected, Selected] {
  const [ofUser, ofGroup] = [orderOf(...sorting(user)), orderOf(...sorting(group))]
  const descending = (user[1].sort ?? group[1].sort)?.descending ?? false
  const kind = ofUser.key?.kind ?? ofGroup.key?.kind
  const isMixed = ofGroup.key !== undefined && ofGroup.key.kind !== kind
  const merged = ({ key, hasIndex }: Order): Order => {
    if (kind === undefined) return { key: undefined, descending, hasIndex }
    const flags = { isUnique: false, isNeverMissing: false }
    if (key === undefined) {
      const value = sql`NULL::${postgresTypes[isMixed ? 'text' : kind]}`
      return { key: { kind: isMixed ? 'text' : kind, value, ...flags }, descending, hasIndex: true }
    }
    // Attributes of one name and two types: as text they have some order.
    return isMixed
      ? { key: { kind: 'text', value: sql`(${key.value}::text COLLATE "C")`, ...flags }, descending, hasIndex: false }
      : { key: { ...key, ...flags }, descending, hasIndex }
  }
  return [select(user[0], user[1], merged(ofUser)), select(group[0], group[1], merged(ofGroup))]
}

function sorting([subject, { sort }]: Selecting) {
  return [subject, sort] as const
}

function rangesOf({ order, subject }: Selected, position: ListPosition | undefined): Condition[] {
  return rangesBehind(order, subject, position)
}

/** One page of ids over both kinds; each kind gives as many as the page could need of it. */
function readIds(
  reader: Reader,
  both: readonly Selected[],
  ranges: readonly Condition[],
  { offset, limit }: Cut,
): Promise<FoundRow[]> {
  const needed = { offset: 0, limit: offset + limit }
  const branches = both.flatMap((selected, at) => {
    if (selected.condition === false) return []
    return sql`SELECT ${selected.subject.kind}::text AS kind, one.* FROM (${idsOf(selected, ranges[at] ?? true, needed)}) one`
  })
  const [first] = both
  if (first === undefined || branches.length === 0) return Promise.resolve([])
  const words = orderWords(first.order, { key: sql.ref('merged.key'), id: sql.ref('merged.id') })
  const key = first.order.key === undefined ? sql`NULL::jsonb` : sql`to_jsonb(merged.key)`
  return sendList(
    reader.db,
    sql<FoundRow>`SELECT merged.kind, merged.id, ${key} AS key
      FROM (${sql.join(branches, sql` UNION ALL `)}) merged ORDER BY ${words} OFFSET ${offset} LIMIT ${limit}`,
    {
      isFamiliar: isNear(needed) && both.every(({ selection }) => isFamiliar(selection)),
      hasFilter: both.some(({ selection }) => selection.filter !== undefined),
      isUnbounded: !both.every(({ isIndexed }) => isIndexed),
    },
  )
}

/** The resources behind ids, in their order; what is gone by now is left out. */
async function resourcesOf(
  reader: Reader,
  directoryId: string,
  found: readonly FoundRow[],
  options: { withGroups: boolean; membersMax: number },
): Promise<DirectoryResource[]> {
  const idsOfKind = (kind: FoundRow['kind']) => found.filter((row) => row.kind === kind).map((row) => row.id)
  const [users, groups] = await Promise.all([
    findDirectoryUsers(reader, directoryId, idsOfKind('User'), options),
    findDirectoryGroups(reader, directoryId, idsOfKind('Group'), options),
  ])
  const resources = new Map<string, DirectoryResource>()
  for (const row of users) resources.set(row.directoryUserId, { kind: 'User', row })
  for (const row of groups) resources.set(row.directoryGroupId, { kind: 'Group', row })
  return found.flatMap(({ id }) => resources.get(id) ?? [])
}
