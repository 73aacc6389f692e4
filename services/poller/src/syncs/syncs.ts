import { claimRun, openDatabase } from '@muster/repository'
import { runSync, type SyncPace } from '@muster/sync'
import type { TaskContext } from '../tasks/task-context.ts'
import { storedSource } from './open-source.ts'

/** What a run of this process goes by; defaults are those of production. */
export interface SyncsOptions extends TaskContext {
  databaseUrl: string
  /** Runs of this process at once. */
  syncsAtOnce: number
  /** How long a run stays with a process that is not heard of any more. */
  leaseSeconds?: number
  pace?: SyncPace
}

export interface Syncs {
  /** Works on the run of the directory that the payload names, if it is due and nobody does. */
  sync(payload: unknown): Promise<void>
  /** Begins nothing more, and has what is under way given back. */
  stop(): void
  close(): Promise<void>
}

/** Short enough that a run whose process is gone goes on within a minute. */
const leaseSecondsDefault = 30
/** A run works on one connection at a time, and extends its lease on another. */
const connectionsPerRun = 2

/** The sync runs of this process, on connections of their own: reading waits for nobody else, and nobody for it. */
export function openSyncs(options: SyncsOptions): Syncs {
  const { leaseSeconds = leaseSecondsDefault, logger, syncsAtOnce } = options
  const database = openDatabase({
    url: options.databaseUrl,
    connectionsMax: syncsAtOnce * connectionsPerRun,
    onIdleError: (err) => logger.warn({ err }, 'a database connection of the syncs was lost'),
  })
  const context = { ...options, database }
  const stopping = new AbortController()
  return {
    async sync(payload) {
      if (!isDirectory(payload)) throw new TypeError('The payload names no organization and directory')
      if (stopping.signal.aborted) return
      const claimed = await claimRun(database, payload, { leaseSeconds })
      if (claimed === undefined) return
      const { lease, directoryType: type } = claimed
      const open = storedSource(context, { scope: lease.scope, directoryId: lease.directoryId, type })
      const pace = options.pace === undefined ? {} : { pace: options.pace }
      await runSync({ database, claimed, leaseSeconds, open, logger, signal: stopping.signal, ...pace })
    },
    stop: () => stopping.abort(),
    close: () => database.close(),
  }
}

function isDirectory(payload: unknown): payload is { organizationId: string; directoryId: string } {
  if (typeof payload !== 'object' || payload === null) return false
  const { organizationId, directoryId } = payload as Record<string, unknown>
  return typeof organizationId === 'string' && typeof directoryId === 'string'
}
