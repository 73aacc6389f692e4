import { randomBytes } from 'node:crypto'

const pageSizeDefault = 100
const pageSizeMax = 999
/** As long as managers are expanded (https://developer.microsoft.com/en-us/graph/known-issues, `$expand` of directory objects). */
const expandedMax = 100

/** A page of a plain list. */
interface ListPart {
  ids: readonly string[]
  /** What the list was begun with: its objects are shown by it. */
  query: URLSearchParams
  nextLink: object | false
}

/**
 * Turns the pages of plain lists: from the query that a page is asked for by, and all ids where it begins the list. Undefined for a token that
 * nobody knows. `perPage`: objects of a page at most.
 */
export function createSkipTokens(origin: string, perPage: number) {
  const rests = new Map<string, Pick<ListPart, 'ids' | 'query'>>()
  return (path: string, asked: URLSearchParams, all: () => readonly string[]): ListPart | undefined => {
    const token = asked.get('$skiptoken')
    const rest = token === null ? { ids: all(), query: asked } : rests.get(token)
    if (rest === undefined) return undefined
    const { ids, query } = rest
    const top = Number(query.get('$top') ?? pageSizeDefault)
    const size = Math.min(top, perPage, query.has('$expand') ? expandedMax : pageSizeMax)
    const next = randomBytes(24).toString('base64url')
    if (ids.length > size) rests.set(next, { ids: ids.slice(size), query })
    const nextLink = ids.length > size && { '@odata.nextLink': `${origin}${path}?$skiptoken=${next}` }
    return { ids: ids.slice(0, size), query, nextLink }
  }
}
