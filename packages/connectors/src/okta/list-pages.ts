import { ConnectorError } from '../connector-error.ts'
import type { OktaAnswer, OktaSession } from './okta-session.ts'

export interface ListPage {
  /** Where it is, as path and query. */
  path: string
  records: readonly unknown[]
  next: string | undefined
}

/**
 * The pages of a list, from its first or a later one on. An empty page with a next one is followed. A place that Okta has forgotten
 * begins the list again, once.
 * @throws ConnectorError, `protocol` when a page comes again
 */
export async function* listPages(session: OktaSession, first: string, resume = first): AsyncGenerator<ListPage> {
  const seen = new Set<string>()
  let begunAgain = false
  for (let path: string | undefined = resume; path !== undefined; ) {
    if (seen.has(path)) throw new ConnectorError('protocol', 'Okta names a page as the next that was read already.')
    seen.add(path)
    const answer: OktaAnswer | undefined = await session.ask(path).catch((error: unknown) => {
      const isForgotten = error instanceof ConnectorError && error.code === 'checkpointExpired'
      if (!isForgotten || begunAgain) throw error
      return undefined
    })
    if (answer === undefined) {
      begunAgain = true
      seen.clear()
      path = first
      continue
    }
    if (!Array.isArray(answer.json)) throw new ConnectorError('protocol', 'Okta answered with what is no list.')
    yield { path, records: answer.json, next: answer.next }
    path = answer.next
  }
}

/** The path of a list with what it is asked for; spaces as Okta documents them. */
export function listPath(path: string, query: Readonly<Record<string, string | number>>): string {
  const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${path}?${asked.join('&')}`
}
