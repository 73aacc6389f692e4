import { ConnectorError, type Page } from '@muster/connectors'

/**
 * The next page, or none behind the last. Waits no longer than so many milliseconds, and no longer when the signal is aborted,
 * whatever the source does.
 * @throws ConnectorError `timeout`; the reason of the signal
 */
export async function nextPage(
  pages: AsyncIterator<Page>,
  { signal, milliseconds }: { signal: AbortSignal; milliseconds: number },
): Promise<Page | undefined> {
  signal.throwIfAborted()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  const timer = setTimeout(
    () => reject(new ConnectorError('timeout', 'The source did not hand out the next page in time.')),
    milliseconds,
  )
  const coming = pages.next()
  // It may fail when nobody waits for it any more.
  coming.catch(() => undefined)
  try {
    const result = await Promise.race([coming, ended])
    return result.done === true ? undefined : result.value
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
