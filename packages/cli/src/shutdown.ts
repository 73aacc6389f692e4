const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The exit code of a process that was told twice: as if the signal had ended it (128 + SIGINT). */
const forcedExitCode = 130

/** Things that run, stopped in the order in which they are to end; safe to add to while they start. */
export interface Shutdown {
  /** Aborted when the person, or the system, asks us to end. */
  requested: AbortSignal
  /** Registers what must be stopped; those registered last are stopped first, those of one call together. */
  add(...running: Stoppable[]): void
  /** Stops everything. Errors of one do not keep the others running; they are thrown together at the end. */
  stopAll(): Promise<void>
}

interface Stoppable {
  stop(): Promise<void>
  kill(): void
}

/** Listens for SIGINT, SIGTERM and SIGHUP: the first asks, the second kills everything and ends the process. */
export function listenForShutdown(): Shutdown {
  const request = new AbortController()
  const groups: Stoppable[][] = []
  const onSignal = () => {
    if (!request.signal.aborted) return request.abort()
    for (const running of groups.flat()) running.kill()
    process.exit(forcedExitCode)
  }
  for (const signal of endingSignals) process.on(signal, onSignal)
  return {
    requested: request.signal,
    add(...running) {
      groups.push(running)
    },
    async stopAll() {
      const errors: unknown[] = []
      for (const group of groups.toReversed()) {
        const outcomes = await Promise.allSettled(group.map((running) => running.stop()))
        errors.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])))
      }
      for (const signal of endingSignals) process.off(signal, onSignal)
      if (errors.length > 0) throw new AggregateError(errors)
    },
  }
}
