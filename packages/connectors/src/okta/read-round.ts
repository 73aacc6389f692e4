import type { Page } from '../page.ts'
import type { OktaSource } from './okta-source.ts'
import { type Phase, positions, type RoundPosition, rounds } from './position.ts'
import { readDeletions } from './read-deletions.ts'
import { readChangedGroups, readGroups } from './read-groups.ts'
import { readChangedUsers, readDeprovisioned, readUsers } from './read-users.ts'
import type { Step } from './step.ts'

type ReadPhase = (source: OktaSource, since: string, at: string | undefined) => AsyncIterable<Step>

const phases: Record<Phase, ReadPhase> = {
  users: (source, _since, at) => readUsers(source, at),
  deprovisioned: (source, _since, at) => readDeprovisioned(source, at),
  groups: (source, _since, at) => readGroups(source, at),
  changedUsers: readChangedUsers,
  changedGroups: readChangedGroups,
  deletions: readDeletions,
}

/** The pages of a round from a position on. A phase ends with a page of its own, once Okta has named no next one. */
export async function* readRound(source: OktaSource, begun: RoundPosition): AsyncGenerator<Page> {
  const { at: resume, since = '', next } = begun
  const names: readonly Phase[] = rounds[begun.round]
  let pages = begun.pages ?? 0
  const checkpointAt = (phase: number, at?: string) => {
    const { at: _at, ...round } = begun
    return positions.write({ ...round, phase, pages: ++pages, ...(at !== undefined && { at }) }, source.config)
  }
  for (const [phase, name] of names.entries()) {
    if (phase < begun.phase || isLeftOut(name, source)) continue
    const from = phase === begun.phase ? resume : undefined
    for await (const { at, ...found } of phases[name](source, since, from)) {
      yield { ...found, checkpoint: checkpointAt(phase, at) }
    }
    if (phase + 1 < names.length) yield { upsert: [], remove: [], checkpoint: checkpointAt(phase + 1) }
  }
  const checkpoint = positions.write(next === undefined ? {} : { next }, source.config)
  yield { upsert: [], remove: [], checkpoint, complete: begun.round === 'snapshot' ? 'all' : 'changes' }
}

function isLeftOut(name: Phase, { config }: OktaSource): boolean {
  return name === 'deprovisioned' && config.includeDeprovisioned !== true
}
