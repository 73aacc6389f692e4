import type { CheckResult } from '../connector.ts'
import type { GoogleSource } from './google-source.ts'
import { assertNotHidden } from './not-hidden.ts'
import { lists, pagesOf } from './pages-of.ts'
import { membersOf } from './read-members.ts'
import { userPages } from './user-pages.ts'

/** How long users are counted. */
const countMilliseconds = 10_000

/** Counts the users, and tries to read groups and members. @throws ConnectorError */
export async function checkSource(source: GoogleSource): Promise<CheckResult> {
  const groupWarnings = await tryGroups(source)
  const { userCount, countedInPart } = await countUsers(source)
  if (userCount === 0) await assertNotHidden(source)
  const userWarnings = userCount === 0 ? ['Nobody is in the domain or organizational unit that is read.'] : []
  return { userCount, ...(countedInPart && { countedInPart }), warnings: [...userWarnings, ...groupWarnings] }
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

async function countUsers(source: GoogleSource): Promise<{ userCount: number; countedInPart: boolean }> {
  const end = performance.now() + countMilliseconds
  let userCount = 0
  for await (const { items, next } of userPages(source, 'ids')) {
    userCount += items.length
    if (next !== undefined && performance.now() > end) return { userCount, countedInPart: true }
  }
  return { userCount, countedInPart: false }
}
