import { type Batch, emptyBatch, take } from '../batch.ts'
import type { Page } from '../page.ts'
import type { AwsConfig } from './config.ts'
import type { IdentityStore } from './identity-store.ts'
import { listPages } from './list-pages.ts'
import { behind, type Position, positions } from './position.ts'
import { readGroups } from './read-groups.ts'
import { sourceUserOf } from './source-user.ts'

/** What is known behind a batch, and where to go on. */
type Step = Batch & { at: Position }

/** The pages of a round from a position on. Its end is a page of its own, when both lists have come to theirs. */
export async function* readRound(store: IdentityStore, config: AwsConfig, position: Position): AsyncGenerator<Page> {
  const { phase = 'users', token } = position
  if (phase === 'users') yield* written(config, readUserList(store, token))
  if (phase !== 'end') yield* written(config, readGroupList(store, phase === 'groups' ? token : undefined))
  yield { ...emptyBatch(), checkpoint: positions.write({}, config), complete: 'all' }
}

async function* written(config: AwsConfig, steps: AsyncIterable<Step>): AsyncGenerator<Page> {
  for await (const { at, ...batch } of steps) yield { ...batch, checkpoint: positions.write(at, config) }
}

async function* readUserList(store: IdentityStore, from: string | undefined): AsyncGenerator<Step> {
  for await (const { items, next } of listPages((token) => store.users(token), from)) {
    const batch = emptyBatch()
    for (const user of items) take(batch, sourceUserOf(user))
    yield { ...batch, at: behind('users', next, 'groups') }
  }
}

/** Members are read with their groups: in the middle of a part of the list one goes on at its beginning. */
async function* readGroupList(store: IdentityStore, from: string | undefined): AsyncGenerator<Step> {
  let at: Position = behind('groups', from, 'groups')
  for await (const { items, next } of listPages((token) => store.groups(token), from)) {
    let held: Batch | undefined
    for await (const batch of readGroups(store, items)) {
      if (held !== undefined) yield { ...held, at }
      held = batch
    }
    at = behind('groups', next, 'end')
    yield { ...(held ?? emptyBatch()), at }
  }
}
