import { type Batch, emptyBatch, take } from '../batch.ts'
import { mailAddresses } from '../mail-addresses.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { isActive, stateAttributes } from './account-state.ts'
import { documentOf } from './document.ts'
import { firstText, type LdapEntry, textsOf } from './entry.ts'
import { idOf } from './entry-id.ts'
import type { LdapSource } from './ldap-source.ts'
import { pagedSearch } from './paged-search.ts'
import { dnReference, uidReference } from './references.ts'
import { userAttributes } from './user-attributes.ts'

/** The users that match a filter, a page of the server a batch. */
export async function* readUsers(source: LdapSource, filter: string): AsyncGenerator<Batch> {
  const documented = documentedAttributes(source)
  const search = {
    base: source.userBase,
    filter,
    attributes: [...new Set([source.idAttribute, ...documented, ...stateAttributes])],
    pageSize: source.pageSize,
  }
  for await (const entries of pagedSearch(source, search)) {
    const batch = emptyBatch()
    for (const entry of entries) {
      const user = toUser(entry, source, documented)
      take(batch, user)
    }
    yield batch
  }
}

function documentedAttributes({ config, userNameAttribute }: LdapSource): readonly string[] {
  const known = new Set(userAttributes.map((attribute) => attribute.toLowerCase()))
  const more = [userNameAttribute, ...(config.attributes ?? [])].filter((name) => !known.has(name.toLowerCase()))
  return [...userAttributes, ...new Set(more)]
}

function toUser(entry: LdapEntry, source: LdapSource, documented: readonly string[]): SourceUser | RecordProblem {
  const id = idOf(entry, source)
  const userName = firstText(entry, [source.userNameAttribute])
  if (userName === undefined) {
    const detail = `The entry has no ${source.userNameAttribute}, or the account may not read it.`
    return { key: { kind: 'user', id }, code: 'userNameMissing', detail, references: referencesOf(entry) }
  }
  const displayName = firstText(entry, ['displayName', 'cn'])
  return {
    kind: 'user',
    id,
    references: referencesOf(entry),
    userName,
    active: isActive(entry),
    ...(displayName !== undefined && { displayName }),
    emails: mailAddresses({ mail: textsOf(entry, 'mail'), proxies: textsOf(entry, 'proxyAddresses') }),
    attributes: { ...documentOf(entry, documented), [source.idAttribute]: id },
  }
}

function referencesOf(entry: LdapEntry): string[] {
  return [dnReference(entry.dn), ...textsOf(entry, 'uid').map(uidReference)]
}
