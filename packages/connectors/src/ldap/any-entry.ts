import type { LdapEntry } from './entry.ts'
import type { LdapSource } from './ldap-source.ts'
import { pagedSearch } from './paged-search.ts'

/** One entry that matches, whichever; a size limit would make servers answer with an error where there are more. */
export async function anyEntry(
  source: LdapSource,
  base: string,
  filter: string,
  attributes: readonly string[],
): Promise<LdapEntry | undefined> {
  for await (const [entry] of pagedSearch(source, { base, filter, attributes, pageSize: 1 })) return entry
  return undefined
}
