import { ConnectorError } from '../connector-error.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'

/** Longer than any, and short enough for a checkpoint. */
const pathCharactersMax = 16_384

/**
 * Where the next page is, as path and query (RFC 8288; developer.okta.com/docs/api/#link-header).
 * @throws ConnectorError `protocol` when that is elsewhere
 */
export function nextPath({ headers }: Pick<SourceAnswer, 'headers'>, origin: string): string | undefined {
  const next = (headers.link ?? '')
    .split(/,\s*(?=<)/)
    .flatMap((link) => /^\s*<([^>]*)>\s*;.*\brel="?next"?\s*(;|$)/i.exec(link)?.[1] ?? [])
  if (next[0] === undefined) return undefined
  const url = URL.parse(next[0], origin)
  if (url === null || url.origin !== origin) {
    throw new ConnectorError('protocol', 'The source refers to an address that is not its own.')
  }
  const path = `${url.pathname}${url.search}`
  if (path.length > pathCharactersMax) throw new ConnectorError('protocol', 'Okta names a next page of great length.')
  return path
}
