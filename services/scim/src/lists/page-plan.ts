import type { ListPage, ListPosition } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { parseIndexPage } from '@muster/scim'
import type { ScimContext } from '../scim-context.ts'
import { type CursorPlace, openCursor, sealCursor } from './cursors.ts'
import type { ListRequest } from './list-request.ts'

/** The most resources on a page; advertised in the ServiceProviderConfig. */
export const pageResourcesMax = 1_000
export const pageResourcesDefault = 100

/** Where the numbers of a ListResponse come from. */
export interface PagePlan {
  page: ListPage
  /** The head of the ListResponse, once the page is read. */
  position(result: { total: number | undefined; next: ListPosition | undefined }): PagePosition
}

export interface PagePosition {
  totalResults: number
  startIndex?: number
  nextCursor?: string
}

/**
 * Decides between the two ways of paging (RFC 7644 §3.4.2.4, RFC 9865): by cursor when the request has one, be it empty;
 * else by index.
 * @throws `invalidValue`, `invalidCursor`, `expiredCursor`, `invalidCount`
 */
export function planPage(context: ScimContext, request: ListRequest, endpoint: string): PagePlan {
  if (request.cursor !== undefined) return planCursorPage(context, request, endpoint)
  const { startIndex, count } = indexPage(request)
  return {
    page: { limit: count, from: { offset: startIndex - 1 }, wantsTotal: true },
    position: ({ total = 0 }) => ({ totalResults: total, startIndex }),
  }
}

function planCursorPage(context: ScimContext, request: ListRequest, endpoint: string): PagePlan {
  const { filter, sortBy, sortOrder, cursor, ...rest } = request
  const place: CursorPlace = { directoryId: context.directoryId, query: [endpoint, filter, sortBy, sortOrder] }
  const known = cursor ? openCursor(context.cursorKey, place, cursor) : undefined
  const { startIndex: _, ...countOnly } = rest
  const count = indexPage({ ...countOnly, count: rest.count ?? known?.count }).count
  if (known !== undefined && count !== known.count) {
    throw new MusterError('invalidCount', `The first page was asked for with a count of ${known.count}.`)
  }
  return {
    page: { limit: count, from: { after: known?.position }, wantsTotal: known === undefined },
    position: ({ total = known?.total ?? 0, next }) => ({
      totalResults: total,
      ...(next && { nextCursor: sealCursor(context.cursorKey, place, { position: next, count, total }) }),
    }),
  }
}

function indexPage(request: { startIndex?: string | number; count?: string | number | undefined }) {
  return parseIndexPage(request, { defaultCount: pageResourcesDefault, maxCount: pageResourcesMax })
}
