import type { CheckResult } from '../connector.ts'
import { countUsers } from '../count-users.ts'
import { anyEntry } from './any-entry.ts'
import { markNow } from './change-mark.ts'
import { firstText } from './entry.ts'
import { idOf } from './entry-id.ts'
import type { LdapSource } from './ldap-source.ts'
import { assertNotHidden } from './not-nothing.ts'
import { isEncrypted } from './open-socket.ts'
import { pagedSearch } from './paged-search.ts'
import { seesMembers } from './read-groups.ts'

/** Counts the users, and looks what of the rest can be read. @throws ConnectorError */
export async function checkSource(source: LdapSource): Promise<CheckResult> {
  const warnings = [
    ...(isEncrypted(source.config) ? [] : ['The connection is not encrypted.']),
    ...(await userWarnings(source)),
    ...(await groupWarnings(source)),
  ]
  const { userBase: base, userFilter: filter, pageSize } = source
  const pages = pagedSearch(source, { base, filter, attributes: ['1.1'], pageSize })
  const counted = await countUsers(pages, (entries) => entries.length)
  await source.session.assertSame()
  return { ...counted, warnings }
}

async function userWarnings(source: LdapSource): Promise<string[]> {
  const attributes = [source.idAttribute, source.userNameAttribute, 'mail']
  const user = await anyEntry(source, source.userBase, source.userFilter, attributes)
  if (user === undefined) {
    await assertNotHidden(source, source.userBase)
    return ['No user matches the filter below the base.']
  }
  idOf(user, source)
  const isNamed = firstText(user, [source.userNameAttribute]) !== undefined
  const tellsChanges = (await markNow(source, new Date())) !== undefined
  return [
    ...(isNamed ? [] : [`A user has no ${source.userNameAttribute} that can be read.`]),
    ...(tellsChanges ? [] : ['The server does not tell what has changed: every run reads everything.']),
  ]
}

async function groupWarnings(source: LdapSource): Promise<string[]> {
  const group = await anyEntry(source, source.groupBase, source.groupFilter, [source.idAttribute])
  if (group === undefined) {
    await assertNotHidden(source, source.groupBase)
    return ['No group matches the filter below the base, or the account sees none.']
  }
  idOf(group, source)
  if (await seesMembers(source)) return []
  return ['No group shows members: memberships stay as they are until the account may read them.']
}
