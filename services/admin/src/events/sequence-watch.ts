import { type Database, lastSequences, type OrganizationScope } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import { lookRepeatedly } from '@muster/runtime/resting-loop'

/** How far the log of one organization has come, as the last look saw it; undefined before the first. */
export interface WatchedSequence {
  readonly last: number | undefined
  /** Done when the log has gone on beyond `after`, when `ended`, or after so many milliseconds. */
  beyond(after: number, milliseconds: number, ended: AbortSignal): Promise<void>
  /** Watches no longer. */
  release(): void
}

interface Watched {
  scope: OrganizationScope
  last: number | undefined
  watchers: number
  wakers: Set<() => void>
}

/** Looks how far the logs have come: one look for all who watch, however many, and none while nobody does. */
export class SequenceWatch {
  readonly #database: Database
  readonly #logger: Logger
  readonly #watched = new Map<string, Watched>()
  #loop: ReturnType<typeof lookRepeatedly> | undefined

  constructor(database: Database, logger: Logger) {
    this.#database = database
    this.#logger = logger
  }

  watch(scope: OrganizationScope): WatchedSequence {
    const { organizationId } = scope
    const watched = this.#watched.get(organizationId) ?? { scope, last: undefined, watchers: 0, wakers: new Set() }
    this.#watched.set(organizationId, watched)
    watched.watchers++
    this.#loop ??= lookRepeatedly(
      () => this.#look(),
      (err) => this.#logger.warn({ err }, 'could not look how far the event logs have come'),
    )
    return {
      get last() {
        return watched.last
      },
      beyond: (after, milliseconds, ended) => waitBeyond(watched, after, { milliseconds, ended }),
      release: () => {
        if (--watched.watchers === 0) this.#watched.delete(organizationId)
        if (this.#watched.size === 0) void this.stop()
      },
    }
  }

  async stop(): Promise<void> {
    const loop = this.#loop
    this.#loop = undefined
    await loop?.stop()
  }

  async #look(): Promise<void> {
    const watched = [...this.#watched.values()]
    const sequences = await lastSequences(
      this.#database,
      watched.map(({ scope }) => scope),
    )
    for (const one of watched) {
      const last = sequences.get(one.scope.organizationId)
      if (last === one.last) continue
      one.last = last
      for (const wake of one.wakers) wake()
    }
  }
}

function waitBeyond(
  { last, wakers }: Watched,
  after: number,
  { milliseconds, ended }: { milliseconds: number; ended: AbortSignal },
): Promise<void> {
  if (ended.aborted || (last !== undefined && last > after)) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      wakers.delete(wake)
      ended.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds)
    wakers.add(wake)
    ended.addEventListener('abort', wake)
  })
}
