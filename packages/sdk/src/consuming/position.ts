import type { Consuming } from './options.ts'
import { findHead, openSnapshot } from './snapshot.ts'

/** The number of the last event that was handled, or that a snapshot comes first. */
export type Position = number | 'snapshot'

/** Where a consumer goes on, or begins. */
export async function findPosition({ handling, options, signal }: Consuming): Promise<Position> {
  const { checkpoint, onSnapshot, organizationId } = options
  const saved = await checkpoint.load()
  if (saved !== undefined) return saved
  const start = options.start ?? (onSnapshot ? 'snapshot' : 'beginning')
  if (start === 'snapshot') return start
  const first = start === 'now' ? await findHead(handling.api, { organizationId }, signal) : 0
  await checkpoint.save(first)
  return first
}

/** Has the application made equal to a snapshot, and answers the number after which events follow it. */
export async function takeSnapshot({ handling, options, signal }: Consuming): Promise<number> {
  const { checkpoint, onSnapshot, organizationId } = options
  const snapshot = await openSnapshot(handling.api, { organizationId }, signal)
  try {
    await Promise.resolve(onSnapshot?.(snapshot)).catch((error: unknown) => {
      // Whatever it is, it is no answer about the log.
      throw new Error('onSnapshot failed', { cause: error })
    })
    await snapshot.finish()
    await checkpoint.save(snapshot.sequence)
    return snapshot.sequence
  } finally {
    await snapshot.close()
  }
}
