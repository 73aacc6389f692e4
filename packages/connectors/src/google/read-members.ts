import { ConnectorError } from '../connector-error.ts'
import type { MemberKey } from '../source-record.ts'
import type { GoogleDocuments } from './google-documents.ts'
import { GoogleError } from './google-error.ts'
import type { GoogleSource } from './google-source.ts'
import { type ListPage, lists, pagesOf } from './pages-of.ts'
import { userPages } from './user-pages.ts'

type Member = GoogleDocuments['member']

/** As many as a page may have. */
const membersPerPage = 200

/** The direct members of a group, page by page. */
export function membersOf(source: GoogleSource, groupId: string): AsyncGenerator<ListPage<Member>> {
  return pagesOf(lists.members, (token) =>
    source.ask((api) => api.members.list({ groupKey: groupId, maxResults: membersPerPage, ...token })),
  )
}

/** Whether members could not be read because the group was deleted meanwhile: Google is asked for the group itself. */
export async function isGone(source: GoogleSource, groupId: string, error: unknown): Promise<boolean> {
  if (!isNotFound(error)) return false
  try {
    await source.ask((api) => api.groups.get({ groupKey: groupId }))
    return false
  } catch (again) {
    if (isNotFound(again)) return true
    throw again
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof GoogleError && error.status === 404
}

/** Whom a page of members means: where the whole account is a member, all users of the scope. */
export async function* memberKeys(source: GoogleSource, members: readonly Member[]): AsyncGenerator<MemberKey[]> {
  yield members.filter((member) => !isEverybody(member)).map(memberKey)
  if (!members.some(isEverybody)) return
  for await (const { items } of everybody(source)) yield items.map(memberKey)
}

/** Twice when it takes several pages: see `readPresent`. */
async function* everybody(source: GoogleSource): AsyncGenerator<ListPage<GoogleDocuments['user']>> {
  let isLong = false
  for await (const page of userPages(source, 'ids')) {
    isLong ||= page.next !== undefined
    yield page
  }
  if (isLong) yield* userPages(source, 'ids')
}

function isEverybody({ type }: Member): boolean {
  return type === 'CUSTOMER'
}

/** Strangers may have no account, and no id. */
function memberKey({ id, email }: { id?: string | null; email?: string | null }): MemberKey {
  if (typeof id === 'string' && id !== '') return { id }
  if (typeof email === 'string' && email !== '') return { reference: email.toLowerCase() }
  throw new ConnectorError('protocol', 'Google lists a member without id and address.')
}
