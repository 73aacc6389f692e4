import { randomBytes } from 'node:crypto'
import type { FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { changedEntries, type DeltaEntry, firstEntries, type ManagerChange, pagesOf } from './delta-round.ts'
import { graphError, syncReset } from './graph-answers.ts'
import { documentOf, type GraphList, selectionOf } from './graph-documents.ts'

export interface TrackingOptions {
  origin: string
  usersPerPage: number
  /** Groups and members together. */
  groupRecordsPerPage: number
  /** Changes that are told once more than they should. */
  replays: number
  /** Whether what was told of once comes with what has changed alone. */
  saysParts: boolean
  showsMembers(groupId: string): boolean
}

type Selection = ReturnType<typeof selectionOf>

/** A round that is being read, or, without pages, the place where the next one begins. */
interface Round {
  list: GraphList
  selection: Selection
  /** The number of the last change that it knows of. */
  until: number
  isFirst: boolean
  pages?: DeltaEntry[][]
}

export interface ChangeTracking {
  answer(request: FakeRequest, list: GraphList): FakeAnswer
  /** All positions so far are forgotten. */
  forget(): void
}

/** Delta queries over users and groups (https://learn.microsoft.com/en-us/graph/delta-query-overview). */
export function createChangeTracking(directory: FakeDirectory, options: TrackingOptions): ChangeTracking {
  const { origin, usersPerPage, groupRecordsPerPage } = options
  const positions = new Map<string, { round: Round; page: number }>()
  const managerChanges = trackManagers(directory)

  const link = (list: GraphList, name: string, round: Round, page: number) => {
    const token = randomBytes(48).toString('base64url')
    positions.set(token, { round, page })
    return `${origin}/v1.0/${list}/delta?$${name}=${token}`
  }
  const begin = (list: GraphList, selection: Selection, since?: number): Round => {
    const isFirst = since === undefined
    const from = Math.max(0, (since ?? 0) - options.replays)
    const entries = isFirst ? firstEntries(directory, list) : changedEntries(directory, list, from, managerChanges)
    // Users are counted as they are; a group also by its members.
    const pages = list === 'users' ? inParts(entries, usersPerPage) : pagesOf(entries, groupRecordsPerPage)
    return { list, selection, until: directory.changes.length, isFirst, pages }
  }
  const show = (round: Round, page: number): FakeAnswer => {
    const { list, pages = [] } = round
    const value = (pages[page] ?? []).map((entry) => shown(directory, round, entry, options))
    const isLast = page + 1 >= pages.length
    const next = isLast
      ? { '@odata.deltaLink': link(list, 'deltatoken', { ...round, pages: [] }, 0) }
      : { '@odata.nextLink': link(list, 'skiptoken', round, page + 1) }
    return { body: { '@odata.context': `${origin}/v1.0/$metadata#${list}`, ...next, value } }
  }
  return {
    forget: () => positions.clear(),
    answer: ({ query }, list) => {
      const [skip, delta] = [query.get('$skiptoken'), query.get('$deltatoken')]
      const token = skip ?? delta
      if (token !== null && token !== 'latest') {
        const position = positions.get(token)
        if (position?.round.list !== list) return syncReset(origin, list)
        const { round, page } = position
        return skip === null ? show(begin(list, round.selection, round.until), 0) : show(round, page)
      }
      const unsupported = ['$top', '$expand', '$orderby', '$search', '$count'].find((name) => query.has(name))
      if (unsupported !== undefined) return graphError(400, 'Request_UnsupportedQuery', 'Unsupported Query.')
      const selection = selectionOf(list, query.get('$select'))
      if (selection.unknown !== undefined) {
        return graphError(400, 'BadRequest', `Could not find a property named '${selection.unknown}'.`)
      }
      if (token === null) return show(begin(list, selection), 0)
      return show({ list, selection, until: directory.changes.length, isFirst: true, pages: [[]] }, 0)
    },
  }
}

function shown(directory: FakeDirectory, round: Round, { id, related }: DeltaEntry, options: TrackingOptions) {
  const { list, selection, isFirst } = round
  const document = documentOf(directory, list, id, selection.names, undefined)
  if (document === undefined) return { id, '@removed': { reason: 'changed' } }
  const isHidden = list === 'groups' && !options.showsMembers(id)
  const annotation = list === 'users' ? 'manager@delta' : 'members@delta'
  const relations = related !== undefined && selection.relation && !isHidden ? { [annotation]: related } : {}
  if (isFirst || !options.saysParts) return { ...document, ...relations }
  const { jobTitle, description } = document
  return {
    id,
    ...(jobTitle !== undefined && { jobTitle }),
    ...(description !== undefined && { description }),
    ...relations,
  }
}

function inParts<Item>(items: readonly Item[], count: number): Item[][] {
  const parts = Array.from({ length: Math.ceil(items.length / count) }, (_, index) =>
    items.slice(index * count, (index + 1) * count),
  )
  return parts.length > 0 ? parts : [[]]
}

/** Who had which manager, seen behind each change. */
function trackManagers(directory: FakeDirectory): ManagerChange[] {
  const managers = new Map<string, string | undefined>()
  const changes: ManagerChange[] = []
  directory.onChange(({ sequence, kind, id }) => {
    if (kind !== 'user') return
    const [before, after] = [managers.get(id), directory.users.get(id)?.managerId]
    managers.set(id, after)
    if (before !== after) changes.push({ sequence, userId: id, before, after })
  })
  return changes
}
