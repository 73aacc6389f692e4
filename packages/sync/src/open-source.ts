import { setTimeout as delay } from 'node:timers/promises'
import type { Connector, ConnectorContext } from '@muster/connectors'

/** Opens the source of a directory, told what changes from one reading to the next. */
export type OpenConnector = (context: Pick<ConnectorContext, 'signal' | 'onThrottled'>) => Promise<Connector>

/** A source that does not close is left behind. */
const closeMilliseconds = 5_000

/** Has a connector for as long as `work` lasts, which may end in the middle: what is under way then is aborted. */
export async function* withSource<T>(
  open: OpenConnector,
  { signal, onThrottled }: Pick<ConnectorContext, 'signal' | 'onThrottled'>,
  work: (connector: Connector) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const leaving = new AbortController()
  const connector = await open({ signal: AbortSignal.any([signal, leaving.signal]), onThrottled })
  try {
    yield* work(connector)
  } finally {
    leaving.abort()
    await closeSource(connector)
  }
}

/** Closes a connector, as far as it lets itself be closed. */
export async function closeSource(connector: Connector): Promise<void> {
  const closed = connector.close().catch(() => undefined)
  const waited = new AbortController()
  await Promise.race([closed, delay(closeMilliseconds, undefined, { signal: waited.signal }).catch(() => undefined)])
  waited.abort()
}
