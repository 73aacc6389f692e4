import type { HookAnswer } from '@muster/events'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { type Reader, read } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import { type EventView, listEvents } from '../events/list-events.ts'
import { advanceFollower } from '../followers/advance-follower.ts'
import type { Follower } from '../followers/follower.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { type HookMessage, hookMessage } from './hook-message.ts'
import { type CallableHook, takeHookTurn } from './hook-turn.ts'
import { endHookTurn, noteHookCall } from './note-hook-call.ts'

/** Of a call. */
const usersTogether = 500
/** After so many attempts a hook that holds up nobody is not told of these people any more. */
const attemptsMax = 3

/** What an `after_create` is to be told next. */
export interface Telling {
  hook: CallableHook
  message: HookMessage
  /** From where to where the cursor moves when it was told. */
  after: number
  next: number
}

const cause = { kind: 'system', id: 'follow_log' } as const

/**
 * The next people who came into being, up to 500 of one directory, for the hook that follows the log; undefined when there are
 * none, or it is not to be called now. To be finished by `finishTelling`.
 */
export async function nextTelling(
  database: Database,
  { organizationId, followerId }: Follower,
  rootKeys: RootKeys,
): Promise<Telling | undefined> {
  const scope = scopeTo(organizationId)
  if (!(await read(database, scope, (reader) => isDue(reader, followerId)))) return undefined
  return transact(database, scope, cause, async (tx) => {
    const turn = await takeHookTurn(tx, rootKeys, 'after_create')
    if (turn.state !== 'ours') return undefined
    const page = await nextPage(tx, followerId)
    if (page === undefined) {
      await endHookTurn(tx, turn.hook.hookId)
      return undefined
    }
    return { hook: turn.hook, ...page }
  })
}

/**
 * Moves the cursor when the hook was told (or there was nobody to tell of: no answer), and stores how the call ended. One that fails is called again later; when it is to
 * hold up nobody, only a few times.
 */
export async function finishTelling(
  database: Database,
  follower: Follower,
  { hook, after, next }: Telling,
  answer: HookAnswer | undefined,
): Promise<void> {
  const error = answer !== undefined && 'error' in answer ? answer.error : null
  const isGivenUp = error !== null && hook.policy === 'proceed' && hook.failuresInARow + 1 >= attemptsMax
  await advanceFollower(database, follower, async (tx, position) => {
    // Somebody else told them, our turn being over.
    if (position.after !== after) return position.after
    if (answer === undefined) await endHookTurn(tx, hook.hookId)
    else await noteHookCall(tx, hook.hookId, { error, rests: error !== null && !isGivenUp })
    return error === null || isGivenUp ? next : after
  })
}

/** Whether it may be called at all: most looks find it resting, or somebody else at it, and lock nothing. */
async function isDue({ db, organizationId }: Reader, hookId: string): Promise<boolean> {
  const row = await db
    .selectFrom('hooks')
    .select(['status', 'retry_at', 'leased_until'])
    .where('organization_id', '=', organizationId)
    .where('hook_id', '=', hookId)
    .executeTakeFirst()
  const now = new Date()
  return row?.status === 'enabled' && (row.retry_at ?? now) <= now && (row.leased_until ?? now) <= now
}

async function nextPage(reader: Reader, hookId: string): Promise<Omit<Telling, 'hook'> | undefined> {
  const { db, organizationId } = reader
  const position = await db
    .selectFrom('followers as f')
    .innerJoin('event_sequences as s', 's.organization_id', 'f.organization_id')
    .select(['f.sequence', 's.last_sequence'])
    .where('f.kind', '=', 'after_create')
    .where('f.organization_id', '=', organizationId)
    .where('f.follower_id', '=', hookId)
    .where('s.organization_id', '=', organizationId)
    .executeTakeFirst()
  if (position === undefined) return undefined
  const { sequence: after, last_sequence: last } = position
  const events = await listEvents(reader, { types: ['directory.user.created'] }, { after, limit: usersTogether })
  const together = firstOfOneDirectory(events)
  const isAll = events.length < usersTogether && together.length === events.length
  // Those who were erased since are nobody to tell of.
  const told = together.filter(({ data }) => data.erased !== true)
  const first = told[0]?.data ?? {}
  const about = { directory: (first.directory ?? null) as HookMessage['directory'], users: told.map(userIn) }
  return {
    message: hookMessage('after_create', organizationId, about, together[0]?.id),
    after,
    next: isAll ? Math.max(last, together.at(-1)?.sequence ?? 0) : (together.at(-1)?.sequence ?? last),
  }
}

function firstOfOneDirectory(events: readonly EventView[]): readonly EventView[] {
  const end = events.findIndex(({ directoryId }) => directoryId !== events[0]?.directoryId)
  return end < 0 ? events : events.slice(0, end)
}

function userIn({ data }: EventView): Record<string, unknown> {
  return data.user as Record<string, unknown>
}
