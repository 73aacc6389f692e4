/** Where a consumer remembers how far it has come: the `sequence` of the last event that was handled. */
export interface Checkpoint {
  /** Undefined before the first save. */
  load(): Promise<number | undefined> | number | undefined
  save(sequence: number): unknown
}

/** Forgets with the process; for tests and for consumers that always start from the snapshot. */
export function memoryCheckpoint(sequence?: number): Checkpoint {
  let known = sequence
  return {
    load: () => known,
    save: (next) => {
      known = next
    },
  }
}
