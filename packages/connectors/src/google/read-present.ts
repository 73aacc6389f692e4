import { emptyBatch } from '../batch.ts'
import { ConnectorError } from '../connector-error.ts'
import type { ResourceKey } from '../source-record.ts'
import type { ListPage } from './pages-of.ts'
import type { Step } from './step.ts'

/**
 * Who is there, by ids alone, behind a list that took several pages: Google goes through lists by address, and whoever was given an
 * earlier address meanwhile went past the place that was being read. Whoever resumes here reads the page before (`pageToken`) again.
 */
export async function* readPresent(
  kind: ResourceKey['kind'],
  pages: AsyncIterable<ListPage<{ id?: string | null }>>,
  pageToken: string,
): AsyncGenerator<Step> {
  for await (const { items, next } of pages) {
    const present = items.map(({ id }) => ({ kind, id: idOf(kind, id) }))
    yield { ...emptyBatch(), present, pageToken, isLast: next === undefined }
  }
}

function idOf(kind: ResourceKey['kind'], id: string | null | undefined): string {
  if (typeof id === 'string' && id !== '') return id
  throw new ConnectorError('protocol', `Google lists a ${kind} without an id.`)
}
