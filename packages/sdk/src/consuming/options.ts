import type { EventType } from '../generated/events.ts'
import type { Handling } from '../handlers/dispatch.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Snapshot } from './snapshot.ts'

export interface ConsumeOptions {
  checkpoint: Checkpoint
  /** Where to begin without a checkpoint. Default: with the snapshot when there is `onSnapshot`, else from the beginning. */
  start?: 'snapshot' | 'beginning' | 'now' | undefined
  /** Makes what the application keeps equal to the snapshot, see `reconcile`. */
  onSnapshot?: ((snapshot: Snapshot) => unknown) | undefined
  /** Only these types. All by default: those without a handler are passed over. */
  types?: readonly EventType[] | undefined
  directoryId?: string | undefined
  organizationId?: string | undefined
  /** How new events are heard of. `stream` (server-sent events) is polling while there is no stream. Default `poll`. */
  live?: 'poll' | 'stream' | undefined
  /** Between two looks at the log; default 1,000. */
  pollMilliseconds?: number | undefined
  /** Events handled at a time; those about the same person or group stay in order. Default 1: all in order. */
  concurrency?: number | undefined
  /** Ends the consumer as `stop` does. */
  signal?: AbortSignal | undefined
  /** How long to wait after a failure; by default 1 s, doubling up to 1 min. */
  retry?: { firstMilliseconds: number; longestMilliseconds: number } | undefined
}

export const consumeDefaults = {
  live: 'poll',
  pollMilliseconds: 1_000,
  concurrency: 1,
  retry: { firstMilliseconds: 1_000, longestMilliseconds: 60_000 },
} as const

/** What the parts of a consumer share. */
export interface Consuming {
  handling: Handling
  options: ConsumeOptions
  signal: AbortSignal
  report: (error: unknown) => void
}
