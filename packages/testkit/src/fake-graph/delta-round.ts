import type { DirectoryChange, FakeDirectory } from '../fake-directory/index.ts'
import { type GraphList, relatedOf } from './graph-documents.ts'

/** What a page of a round shows of one object. */
export interface DeltaEntry {
  id: string
  /** Of a group: who is in it, or what has changed of that; of a user: the manager. None: the page says nothing of it. */
  related?: readonly Record<string, unknown>[]
}

/** Who was the manager of whom, since when. */
export interface ManagerChange {
  sequence: number
  userId: string
  before: string | undefined
  after: string | undefined
}

/** Everybody, with all relationships. */
export function firstEntries(directory: FakeDirectory, list: GraphList): DeltaEntry[] {
  const named = (ids: Iterable<string>) => [...ids].map((id) => relatedOf(directory, id))
  const related = (ids: Iterable<string>) => {
    const all = named(ids)
    // A group without members, or a user without a manager, does not have the annotation.
    return all.length > 0 ? { related: all } : {}
  }
  if (list === 'groups') return [...directory.groups.values()].map(({ id, members }) => ({ id, ...related(members) }))
  return [...directory.users.values()].map(({ id, managerId }) => ({ id, ...related(managerId ? [managerId] : []) }))
}

/** What has changed behind a change, by its number. A relationship is told of when it has changed, and only what has. */
export function changedEntries(
  directory: FakeDirectory,
  list: GraphList,
  since: number,
  managerChanges: readonly ManagerChange[],
): DeltaEntry[] {
  const kind = list === 'users' ? 'user' : 'group'
  const changes = directory.changes.filter((change) => change.sequence > since && change.kind === kind)
  const managers = managerChanges.filter(({ sequence }) => sequence > since)
  return [...new Set(changes.map(({ id }) => id))].map((id) => {
    const own = changes.filter((change) => change.id === id)
    const related = list === 'users' ? managerDelta(directory, managers, id) : membersDelta(directory, own)
    return { id, ...(related.length > 0 && { related }) }
  })
}

const removed = { '@removed': { reason: 'deleted' } }

function membersDelta(directory: FakeDirectory, changes: readonly DirectoryChange[]): Record<string, unknown>[] {
  const last = new Map<string, boolean>()
  for (const { does, memberId } of changes) if (memberId !== undefined) last.set(memberId, does === 'join')
  return [...last].map(([id, isIn]) => ({ ...relatedOf(directory, id), ...(!isIn && removed) }))
}

function managerDelta(directory: FakeDirectory, changes: readonly ManagerChange[], userId: string) {
  const own = changes.filter((change) => change.userId === userId)
  const [before, after] = [own[0]?.before, own.at(-1)?.after]
  if (before === after) return []
  return [
    ...(after === undefined ? [] : [relatedOf(directory, after)]),
    ...(before === undefined ? [] : [{ ...relatedOf(directory, before), ...removed }]),
  ]
}

/** Entries as pages of so many objects and relationships; a group with more of them comes again. */
export function pagesOf(entries: readonly DeltaEntry[], recordsPerPage: number): DeltaEntry[][] {
  const pages: DeltaEntry[][] = [[]]
  let left = recordsPerPage
  const put = (entry: DeltaEntry) => {
    pages.at(-1)?.push(entry)
    left -= 1 + (entry.related?.length ?? 0)
  }
  const turn = () => {
    pages.push([])
    left = recordsPerPage
  }
  for (const { id, related } of entries) {
    if (left < 2) turn()
    if (related === undefined) put({ id })
    for (let from = 0; related !== undefined && from < related.length; ) {
      if (left < 2) turn()
      const part = related.slice(from, from + left - 1)
      put({ id, related: part })
      from += part.length
    }
  }
  return pages
}
