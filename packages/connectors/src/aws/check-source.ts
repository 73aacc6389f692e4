import type { CheckResult } from '../connector.ts'
import type { IdentityStore } from './identity-store.ts'
import { listPages } from './list-pages.ts'

/** How long users are counted: the API only lists them. */
const countMilliseconds = 10_000

/** Counts the users, and asks for a group and a member of it. @throws ConnectorError */
export async function checkSource(store: IdentityStore): Promise<CheckResult> {
  const { userCount, countedInPart } = await countUsers(store)
  const [group] = (await store.groups(undefined, 1)).items
  if (group?.GroupId !== undefined) await store.members(group.GroupId, undefined, 1)
  const warnings = [
    ...(userCount === 0 ? ['The identity store has no users.'] : []),
    ...(group === undefined ? ['There is no group: whether members can be read is not known.'] : []),
  ]
  return { userCount, ...(countedInPart && { countedInPart }), warnings }
}

async function countUsers(store: IdentityStore): Promise<{ userCount: number; countedInPart: boolean }> {
  const end = performance.now() + countMilliseconds
  let userCount = 0
  for await (const { items, next } of listPages((token) => store.users(token))) {
    userCount += items.length
    if (next !== undefined && performance.now() > end) return { userCount, countedInPart: true }
  }
  return { userCount, countedInPart: false }
}
