import { type Batch, emptyBatch } from '../batch.ts'
import type { ResourceKey } from '../source-record.ts'
import { idOf } from './entry-id.ts'
import type { LdapSource } from './ldap-source.ts'
import { pagedSearch } from './paged-search.ts'

/** Who is there, by ids alone: whoever is not has been deleted, moved away, or has left the filter. */
export async function* readPresent(source: LdapSource, kind: ResourceKey['kind']): AsyncGenerator<Batch> {
  const search = {
    base: kind === 'user' ? source.userBase : source.groupBase,
    filter: kind === 'user' ? source.userFilter : source.groupFilter,
    attributes: [source.idAttribute],
    pageSize: source.pageSize,
  }
  for await (const entries of pagedSearch(source, search)) {
    yield { ...emptyBatch(), present: entries.map((entry) => ({ kind, id: idOf(entry, source) })) }
  }
}
