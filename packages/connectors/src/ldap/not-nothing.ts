import type { Batch } from '../batch.ts'
import { ConnectorError } from '../connector-error.ts'
import { textsOf } from './entry.ts'
import type { LdapSource } from './ldap-source.ts'
import { pagedSearch } from './paged-search.ts'

/**
 * Hands on what was found below a base. Where that is nothing, it looks whether the account sees anything there at all.
 * @throws ConnectorError as `assertNotHidden` does
 */
export async function* notNothing(
  source: LdapSource,
  base: string,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Batch> {
  let found = false
  for await (const batch of batches) {
    found = true
    yield batch
  }
  if (!found) await assertNotHidden(source, base)
}

/** @throws ConnectorError `permission` when the server has entries below the base and shows none */
export async function assertNotHidden(source: LdapSource, base: string): Promise<void> {
  if (!(await hidesAll(source, base))) return
  throw new ConnectorError('permission', 'The base has entries below it, and the account may not see any of them.')
}

async function hidesAll(source: LdapSource, base: string): Promise<boolean> {
  // An attribute of X.501 that many servers have; those that do not are believed.
  const search = { base, scope: 'base', filter: '(objectClass=*)', attributes: ['hasSubordinates'] } as const
  const [entry] = (await source.session.search(search)).entries
  if (entry === undefined || textsOf(entry, 'hasSubordinates')[0]?.toLowerCase() !== 'true') return false
  let seen = 0
  for await (const entries of pagedSearch(source, {
    base,
    filter: '(objectClass=*)',
    attributes: ['1.1'],
    pageSize: 2,
  })) {
    seen += entries.length
    if (seen > 1) return false
  }
  return true
}
