import type { FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { graphError } from './graph-answers.ts'
import { documentOf, type GraphList, relatedOf, selectionOf } from './graph-documents.ts'
import { createSkipTokens } from './skip-tokens.ts'

interface ListOptions {
  origin: string
  /** Objects of a page at most, whatever is asked for. */
  perPage: number
  showsMembers(groupId: string): boolean
}

export interface PlainLists {
  list(request: FakeRequest, list: GraphList): FakeAnswer
  count(request: FakeRequest): FakeAnswer
  members(request: FakeRequest, groupId: string): FakeAnswer
}

const idsInFilterMax = 15

/** Lists of users, groups and members, page by page (https://learn.microsoft.com/en-us/graph/paging). */
export function createPlainLists(directory: FakeDirectory, { origin, perPage, showsMembers }: ListOptions): PlainLists {
  const turn = createSkipTokens(origin, perPage)
  const expired = () => graphError(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.')
  const body = (list: string, nextLink: object | false, value: unknown[]): FakeAnswer => {
    return { body: { '@odata.context': `${origin}/v1.0/$metadata#${list}`, ...nextLink, value } }
  }
  return {
    list: ({ path, query: asked }, list) => {
      const filter = asked.get('$filter')
      const ids = filter === null ? undefined : idsOf(filter)
      if (filter !== null && ids === undefined) return graphError(400, 'Request_UnsupportedQuery', 'Unsupported Query.')
      if ((ids?.length ?? 0) > idsInFilterMax) {
        return graphError(
          400,
          'Request_UnsupportedQuery',
          `Too many child clauses specified in search filter expression.`,
        )
      }
      const page = turn(path, asked, () => {
        const all = [...(list === 'users' ? directory.users : directory.groups).keys()]
        return ids === undefined ? all : all.filter((id) => ids.includes(id))
      })
      if (page === undefined) return expired()
      const { names, unknown } = selectionOf(list, page.query.get('$select'))
      if (unknown !== undefined) return graphError(400, 'BadRequest', `Could not find a property named '${unknown}'.`)
      const hasManagers = page.query.get('$expand')?.startsWith('manager') === true
      const value = page.ids.flatMap((id) => {
        const document = documentOf(directory, list, id, names, null)
        const managerId = directory.users.get(id)?.managerId
        const manager = hasManagers && managerId !== undefined && { manager: relatedOf(directory, managerId) }
        return document === undefined ? [] : [{ ...document, ...manager }]
      })
      return body(list, page.nextLink, value)
    },
    count: ({ query, headers }) => {
      if (headers.consistencylevel !== 'eventual') {
        return graphError(400, 'Request_BadRequest', '$count is not currently supported.')
      }
      const users = [...directory.users.values()]
      const members = users.filter(({ profile }) => profile.userType !== 'Guest')
      return {
        headers: { 'content-type': 'text/plain' },
        body: String((query.has('$filter') ? members : users).length),
      }
    },
    members: ({ path, query }, groupId) => {
      const group = directory.groups.get(groupId)
      if (group === undefined)
        return graphError(404, 'Request_ResourceNotFound', `Resource '${groupId}' does not exist.`)
      const page = turn(path, query, () => (showsMembers(groupId) ? [...group.members] : []))
      if (page === undefined) return expired()
      return body(
        'directoryObjects',
        page.nextLink,
        page.ids.map((id) => relatedOf(directory, id)),
      )
    },
  }
}

/** The ids of a filter of the form `id in ('…','…')`. */
function idsOf(filter: string): string[] | undefined {
  const [, list] = /^id in \(('[^']+'(?:,'[^']+')*)\)$/.exec(filter) ?? []
  return list?.split(',').map((id) => id.slice(1, -1))
}
