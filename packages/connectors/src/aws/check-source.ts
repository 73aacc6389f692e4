import type { CheckResult } from '../connector.ts'
import { countUsers } from '../count-users.ts'
import type { IdentityStore } from './identity-store.ts'
import { listPages } from './list-pages.ts'

/** Counts the users, and asks for a group and a member of it. @throws ConnectorError */
export async function checkSource(store: IdentityStore): Promise<CheckResult> {
  const pages = listPages((token) => store.users(token))
  const counted = await countUsers(
    pages,
    ({ items }) => items.length,
    ({ next }) => next === undefined,
  )
  const [group] = (await store.groups(undefined, 1)).items
  if (group?.GroupId !== undefined) await store.members(group.GroupId, undefined, 1)
  const warnings = [
    ...(counted.userCount === 0 ? ['The identity store has no users.'] : []),
    ...(group === undefined ? ['There is no group: whether members can be read is not known.'] : []),
  ]
  return { ...counted, warnings }
}
