import type { GoogleDocuments } from './google-documents.ts'
import type { GoogleSource } from './google-source.ts'
import { type ListPage, lists, pagesOf } from './pages-of.ts'

/** As many as a page may have. */
const usersPerPage = 500

/** How much of each user is asked for. */
const views = {
  whole: { projection: 'full' },
  ids: { fields: 'kind,nextPageToken,users(id)' },
} as const

/** All users of the scope, page by page, from a page on. */
export function userPages(
  source: GoogleSource,
  view: keyof typeof views,
  resume?: string,
): AsyncGenerator<ListPage<GoogleDocuments['user']>> {
  const { where, query } = source.scope
  const asked = { ...where, ...(query !== undefined && { query }), ...views[view] }
  return pagesOf(
    lists.users,
    (token) => source.ask((api) => api.users.list({ ...asked, orderBy: 'email', maxResults: usersPerPage, ...token })),
    resume,
  )
}
