import { appendFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { SourceNote, SourceState } from './source-state.ts'

/** Where a scripted source is kept, with the notes of what happened at it. */
export interface SourceStore {
  read(): SourceState
  change(mutate: (state: SourceState) => void): void
  note(note: SourceNote): void
  notes(): readonly SourceNote[]
}

/** Keeps a source in this process. */
export function memoryStore(initial: SourceState): SourceStore {
  const notes: SourceNote[] = []
  return {
    read: () => initial,
    change: (mutate) => mutate(initial),
    note: (note) => void notes.push(note),
    notes: () => notes,
  }
}

/**
 * Keeps a source in a file that several processes read and one changes. Notes go to a file beside it, which all of them append to.
 * Without `initial` the source must be there already.
 */
export function fileStore(file: string, initial?: SourceState): SourceStore {
  const notesFile = `${file}.notes`
  const write = (state: SourceState) => {
    writeFileSync(`${file}.new`, JSON.stringify(state))
    renameSync(`${file}.new`, file)
  }
  let cached: { version: string; state: SourceState } | undefined
  const read = (): SourceState => {
    const { mtimeNs, ino, size } = statSync(file, { bigint: true })
    const version = `${mtimeNs}/${ino}/${size}`
    if (cached?.version !== version) cached = { version, state: JSON.parse(readFileSync(file, 'utf8')) as SourceState }
    return cached.state
  }
  if (initial !== undefined) write(initial)
  return {
    read,
    change: (mutate) => {
      const state = structuredClone(read())
      mutate(state)
      write(state)
    },
    note: (note) => appendFileSync(notesFile, `${JSON.stringify(note)}\n`),
    notes: () =>
      existsSync(notesFile)
        ? readFileSync(notesFile, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as SourceNote)
        : [],
  }
}
