/**
 * Waits for statements that were sent together and throws the first failure *in order of sending*: behind a failed
 * statement the server answers the others only with "transaction is aborted", which says nothing.
 */
export async function pipelined<const T extends readonly Promise<unknown>[]>(
  ...sent: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled(sent)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never
}
