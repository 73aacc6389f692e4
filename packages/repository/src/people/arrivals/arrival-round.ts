import type { Provided } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Database } from '../../database/database.ts'
import { type OrganizationScope, scopeTo } from '../../database/organization-scope.ts'
import { read } from '../../database/read.ts'
import { transact } from '../../database/transact.ts'
import type { Transaction } from '../../database/transaction.ts'
import { lockDirectoryUsers } from '../../directory-users/lock.ts'
import { type CallableHook, takeHookTurn } from '../../hooks/hook-turn.ts'
import { endHookTurn } from '../../hooks/note-hook-call.ts'
import type { ShownUser } from '../../hooks/shown-user.ts'
import type { RootKeys } from '../../organizations/data-keys.ts'
import { type DirectoryReference, directoryReference } from '../../organizations/directory-reference.ts'
import { settlePeople } from '../settling/settle-people.ts'
import { toUserView } from '../views/user-view.ts'
import { queueCreatePeople } from './create-people-job.ts'
import { admitAll } from './decide-arrivals.ts'
import { nextArrivalSeconds, nextArrivals, nextDirectory, readWaiting } from './waiting-arrivals.ts'

/** A person to be, to be decided about. */
export interface AskedArrival extends ShownUser {
  directoryUserId: string
  userId: string
  version: number
  view: Record<string, unknown>
}

/** What the hook is to be asked about in one call: up to 500 users of one directory. */
export interface ArrivalQuestion {
  scope: OrganizationScope
  organizationId: string
  directoryId: string
  directory: DirectoryReference
  hook: CallableHook
  arrivals: AskedArrival[]
}

/** What is to be done next for those who wait in an organization. */
export type ArrivalRound =
  /** To be asked, and finished by `finishArrivals`. */
  | { state: 'ask'; question: ArrivalQuestion }
  /** Some were settled without being asked about; go on. */
  | { state: 'worked' }
  /** Nothing now, until so many seconds (more than 0) have passed; undefined: nobody waits. */
  | { state: 'later'; inSeconds: number | undefined }

/** When the next job looks after what this one did not end, its process being gone. */
const lookAfterSeconds = 60
/** Of the pause before somebody who rests is asked about again. */
const secondsMin = 0.1

/**
 * Takes the next of those who wait for the hook, oldest first. Without a hook that is enabled they are made at once; so is
 * who turned out to be somebody already. A successor of the job is queued before anything is begun.
 */
export async function nextArrivalRound(
  database: Database,
  organizationId: string,
  rootKeys: RootKeys,
): Promise<ArrivalRound> {
  const scope = scopeTo(organizationId)
  const directoryId = await read(database, scope, nextDirectory)
  if (directoryId === undefined) {
    const inSeconds = await read(database, scope, nextArrivalSeconds)
    return { state: 'later', inSeconds: inSeconds && Math.max(inSeconds, secondsMin) }
  }
  const turn = await transact(database, scope, jobCause, async (tx) => {
    const taken = await takeHookTurn(tx, rootKeys, 'before_create')
    await queueCreatePeople(tx, lookAfterSeconds)
    return taken
  })
  if (turn.state === 'later') return turn
  if (turn.state === 'none') {
    await transact(database, scope, jobCause, (tx) => admitAll(tx, directoryId))
    return { state: 'worked' }
  }
  const cause = { kind: 'hook', id: toTypeId('hook', turn.hook.hookId) } as const
  const asked = await transact(database, scope, cause, (tx) => prepare(tx, directoryId, turn.hook))
  if (asked === undefined) return { state: 'worked' }
  return { state: 'ask', question: { scope, organizationId, directoryId, hook: turn.hook, ...asked } }
}

/** Has the poller go on with those who wait, in so many seconds. */
export function queueArrivals(database: Database, organizationId: string, inSeconds: number): Promise<void> {
  return transact(database, scopeTo(organizationId), jobCause, (tx) => queueCreatePeople(tx, inSeconds))
}

const jobCause = { kind: 'system', id: 'create_people' } as const

/** Settles those who need no answer (the address leads to somebody by now, a filter keeps them out) and shows the others. */
async function prepare(
  tx: Transaction,
  directoryId: string,
  hook: CallableHook,
): Promise<{ directory: DirectoryReference; arrivals: AskedArrival[] } | undefined> {
  const ids = await nextArrivals(tx, directoryId)
  await lockDirectoryUsers(tx, directoryId, ids, { withGroups: false })
  const causes = new Map((await readWaiting(tx, directoryId, ids)).map((row) => [row.directory_user_id, row.cause]))
  await settlePeople(tx, directoryId, ids, { quiet: true, causes })
  const rows = await readWaiting(tx, directoryId, ids)
  if (rows.length === 0) {
    await endHookTurn(tx, hook.hookId)
    return undefined
  }
  const arrivals = rows.map((row) => {
    const view = toUserView(row)
    const attributes: Provided = row.attributes
    return {
      id: toTypeId('user', row.user_id),
      directoryUserId: row.directory_user_id,
      userId: row.user_id,
      version: row.version,
      members: Object.keys(view),
      ...{ attributes, view },
    }
  })
  return { directory: await directoryReference(tx, directoryId), arrivals }
}
