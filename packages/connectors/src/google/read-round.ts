import type { Page } from '../page.ts'
import type { GoogleSource } from './google-source.ts'
import { type Phase, type Position, positions } from './position.ts'
import { readGroups } from './read-groups.ts'
import { readUsers } from './read-users.ts'
import type { Step } from './step.ts'

interface PhaseReading {
  read(source: GoogleSource, pageToken: string | undefined): AsyncIterable<Step>
  next: Phase
}

/** What a round reads, and what comes behind it. */
const readings: Record<Exclude<Phase, 'end'>, PhaseReading> = {
  users: { read: readUsers, next: 'groups' },
  groups: { read: readGroups, next: 'end' },
}

/** The pages of a round from a position on. It ends with a page of its own, once Google has said that there is no more of each list. */
export async function* readRound(source: GoogleSource, from: Position): AsyncGenerator<Page> {
  const write = (position: Position) => positions.write(position, source.config)
  let { phase = 'users', pageToken: resume } = from
  while (phase !== 'end') {
    const { read, next }: PhaseReading = readings[phase]
    for await (const { pageToken, isLast, ...batch } of read(source, resume)) {
      const here = { phase, ...(pageToken !== undefined && { pageToken }) }
      yield { ...batch, checkpoint: write(isLast ? { phase: next } : here) }
    }
    phase = next
    resume = undefined
  }
  yield { upsert: [], remove: [], checkpoint: write({}), complete: 'all' }
}
