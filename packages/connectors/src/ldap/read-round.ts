import { type Batch, isEmpty } from '../batch.ts'
import type { Page } from '../page.ts'
import { changedSince } from './change-mark.ts'
import type { LdapSource } from './ldap-source.ts'
import { notNothing } from './not-nothing.ts'
import { type Phase, type Position, positions, type RoundKind, rounds } from './position.ts'
import { readGroups } from './read-groups.ts'
import { readPresent } from './read-present.ts'
import { readUsers } from './read-users.ts'

/** The steps of a round that is under way. */
export interface RoundPosition extends Position {
  round: RoundKind
  phase: number
}

const phases: Record<Phase, (source: LdapSource, position: Position) => AsyncIterable<Batch>> = {
  users: (source) => notNothing(source, source.userBase, readUsers(source, source.userFilter)),
  groups: (source) => notNothing(source, source.groupBase, readGroups(source, source.groupFilter)),
  presentUsers: (source) => notNothing(source, source.userBase, readPresent(source, 'user')),
  presentGroups: (source) => notNothing(source, source.groupBase, readPresent(source, 'group')),
  changedUsers: (source, position) => readUsers(source, sinceLast(source, source.userFilter, position)),
  changedGroups: (source, position) => readGroups(source, sinceLast(source, source.groupFilter, position)),
}

/**
 * The pages of a round from a position on. A phase ends with a page of its own, once the server has said that there is no
 * more and still knows whom it shows it to.
 */
export async function* readRound(source: LdapSource, position: RoundPosition): AsyncGenerator<Page> {
  const names: readonly Phase[] = rounds[position.round]
  const { round: _round, phase: _phase, since: _since, ...between } = position
  for (const [phase, name] of names.entries()) {
    if (phase < position.phase) continue
    const checkpoint = positions.write({ ...position, phase }, source.config)
    for await (const batch of phases[name](source, position)) {
      // Servers leave entries out of pages that they had no right to show, or all of them.
      if (!isEmpty(batch)) yield { ...batch, checkpoint }
    }
    await source.session.assertSame()
    if (phase + 1 < names.length) {
      yield { upsert: [], remove: [], checkpoint: positions.write({ ...position, phase: phase + 1 }, source.config) }
    }
  }
  yield { upsert: [], remove: [], checkpoint: positions.write(between, source.config), complete: 'all' }
}

function sinceLast(source: LdapSource, filter: string, { since }: Position): string {
  return since === undefined ? filter : changedSince(source, filter, since)
}
