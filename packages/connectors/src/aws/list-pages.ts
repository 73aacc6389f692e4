import { createHash } from 'node:crypto'
import { ConnectorError } from '../connector-error.ts'
import { AwsError } from './aws-error.ts'
import type { ListPage } from './identity-store.ts'

/**
 * A list from its beginning, or from where a token leads, to its end. A token of an earlier round that does not hold any more
 * begins the list again.
 * @throws ConnectorError `protocol` for a token that was followed already, `checkpointExpired` when one of this round is refused
 */
export async function* listPages<Item>(
  ask: (token: string | undefined) => Promise<ListPage<Item>>,
  from?: string,
): AsyncGenerator<ListPage<Item>> {
  const followed = new Set<string>()
  for (let token = from; ; ) {
    const page: ListPage<Item> | undefined = await ask(token).catch((error: unknown) => {
      if (token === undefined || !isRefusedToken(error)) throw error
      if (followed.size > 0) {
        throw new ConnectorError('checkpointExpired', 'The Identity Store does not know its own page any more.')
      }
      return undefined
    })
    token = page?.next
    if (page === undefined) continue
    yield page
    if (token === undefined) return
    // Tokens are long.
    const key = createHash('sha256').update(token).digest('base64')
    if (followed.has(key)) throw new ConnectorError('protocol', 'The Identity Store names a page again as the next.')
    followed.add(key)
  }
}

/** The API has no code of its own for a token that has expired; all else of a request is as the model has it. */
function isRefusedToken(error: unknown): boolean {
  return error instanceof AwsError && error.fault.code === 'ValidationException' && error.fault.reason === undefined
}
