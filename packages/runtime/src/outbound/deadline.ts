/**
 * Runs `work` with a signal that aborts it at the deadline, and does not wait for it any longer then: a request of undici
 * ends only when its connection is made, however long that takes.
 * @throws DOMException `TimeoutError` at the deadline
 */
export async function withDeadline<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const { promise: passed, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const reason = new DOMException('The deadline has passed', 'TimeoutError')
    reject(reason)
    controller.abort(reason)
  }, milliseconds)
  try {
    return await Promise.race([work(controller.signal), passed])
  } finally {
    clearTimeout(timer)
  }
}
