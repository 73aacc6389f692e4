import {
  chooseDirectoryGroup,
  chooseDirectoryUser,
  type GroupChoice,
  type LockedDirectoryUser,
  lockDirectoryGroup,
  lockDirectoryUsers,
  type UserChoice,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { fromTypeId } from '@muster/runtime/type-ids'
import type { Scene } from './simulation.ts'

/** The user's part of a choice, of what names somebody: the id of a person, or an address or userName. */
export function namedUser(name: string | undefined): UserChoice {
  if (name === undefined) return {}
  const userId = fromTypeId('user', name)
  return userId === undefined ? { email: name } : { userId }
}

export function namedGroup(name: string | undefined): GroupChoice {
  if (name === undefined) return {}
  const groupId = fromTypeId('group', name)
  return groupId === undefined ? { name } : { groupId }
}

/**
 * The id of the directory user that fits, by chance when several do. `who` says in words what is looked for.
 * @throws `conflict` when nobody fits
 */
export async function chooseUser({ tx, directory }: Scene, who: string, choice: UserChoice): Promise<string> {
  return orConflict(await chooseDirectoryUser(tx, directory.directoryId, choice), `No user of the directory is ${who}.`)
}

/** The same for groups. @throws `conflict` */
export async function chooseGroup({ tx, directory }: Scene, which: string, choice: GroupChoice): Promise<string> {
  return orConflict(
    await chooseDirectoryGroup(tx, directory.directoryId, choice),
    `No group of the directory is ${which}.`,
  )
}

/** @throws `conflict` when it went meanwhile */
export async function lockUser({ tx, directory }: Scene, directoryUserId: string): Promise<LockedDirectoryUser> {
  const locked = await lockDirectoryUsers(tx, directory.directoryId, [directoryUserId], { withGroups: false })
  return orConflict(locked.get(directoryUserId), 'The user was deleted meanwhile.')
}

/** @throws `conflict` when it went meanwhile */
export async function lockGroup({ tx, directory }: Scene, directoryGroupId: string) {
  return orConflict(
    await lockDirectoryGroup(tx, directory.directoryId, directoryGroupId),
    'The group was deleted meanwhile.',
  )
}

function orConflict<T>(chosen: T | undefined, otherwise: string): T {
  if (chosen === undefined) throw new MusterError('conflict', otherwise)
  return chosen
}
