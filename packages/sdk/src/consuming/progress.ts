import type { Checkpoint } from './checkpoint.ts'

/** How far a batch of events is handled, and saved. */
export interface Progress {
  done(sequence: number): void
  /** Ends when the last save has; @throws what saving threw */
  flush(): Promise<void>
}

/**
 * Saves the sequence up to which all events of a batch are done, one save at a time: what is done meanwhile is saved by
 * the next.
 */
export function createProgress(checkpoint: Checkpoint, sequences: readonly number[]): Progress {
  const done = new Set<number>()
  let reached = 0
  let saved = 0
  let saving: Promise<void> | undefined

  async function save(): Promise<void> {
    while (saved < reached) {
      const next = reached
      const sequence = sequences[next - 1]
      if (sequence !== undefined) await checkpoint.save(sequence)
      saved = next
    }
  }

  function start(): Promise<void> {
    saving ??= save().finally(() => {
      saving = undefined
    })
    return saving
  }

  return {
    done: (sequence) => {
      done.add(sequence)
      while (reached < sequences.length && done.has(sequences[reached] ?? Number.NaN)) reached++
      // A failure is thrown by flush, which tries again.
      start().catch(() => undefined)
    },
    flush: async () => {
      await saving?.catch(() => undefined)
      await start()
    },
  }
}
