import type { Logger } from '@muster/runtime/logger'
import type { Outbound } from '@muster/runtime/outbound/outbound'

/** What a connector may use; nothing comes from environment or files. */
export interface ConnectorContext {
  /** The way to hosts that organizations name. */
  outbound: Outbound
  /** Ends whatever is under way. */
  signal: AbortSignal
  logger: Logger
  /** To be told whenever the source makes us wait, in milliseconds. */
  onThrottled(milliseconds: number): void
  /** How to wait for the source; rejects with the signal's reason when that aborts. Time itself without it; tests wait less. */
  wait?(milliseconds: number, signal: AbortSignal): Promise<unknown>
}
