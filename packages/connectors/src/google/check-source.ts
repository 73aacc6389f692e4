import type { CheckResult } from '../connector.ts'
import { countUsers } from '../count-users.ts'
import type { GoogleSource } from './google-source.ts'
import { assertNotHidden } from './not-hidden.ts'
import { lists, pagesOf } from './pages-of.ts'
import { membersOf } from './read-members.ts'
import { userPages } from './user-pages.ts'

/** Counts the users, and tries to read groups and members. @throws ConnectorError */
export async function checkSource(source: GoogleSource): Promise<CheckResult> {
  const groupWarnings = await tryGroups(source)
  const counted = await countUsers(
    userPages(source, 'ids'),
    ({ items }) => items.length,
    ({ next }) => next === undefined,
  )
  const isEmpty = counted.userCount === 0
  if (isEmpty) await assertNotHidden(source)
  const userWarnings = isEmpty ? ['Nobody is in the domain or organizational unit that is read.'] : []
  return { ...counted, warnings: [...userWarnings, ...groupWarnings] }
}

async function tryGroups(source: GoogleSource): Promise<string[]> {
  const pages = pagesOf(lists.groups, (token) =>
    source.ask((api) => api.groups.list({ ...source.scope.where, maxResults: 1, ...token })),
  )
  for await (const { items } of pages) {
    const id = items[0]?.id
    if (typeof id !== 'string') continue
    await membersOf(source, id).next()
    return []
  }
  return ['There are no groups.']
}
