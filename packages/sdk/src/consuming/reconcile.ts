import type { Group, User } from '../generated/events.ts'
import type { Snapshot } from './snapshot.ts'

type Some<T> = Iterable<T> | AsyncIterable<T>

/** What an application keeps of one kind of things, for being made equal to Muster's. */
export interface LocalCopy<T> {
  /** The ids of all that the application has from Muster. */
  ids(): Some<string> | Promise<Some<string>>
  /** Creates it or makes it equal. */
  upsert(item: T): unknown
  /** It is there no more. */
  remove(id: string): unknown
}

export interface LocalCopies {
  users?: LocalCopy<User>
  groups?: LocalCopy<Group>
}

/**
 * A reconciler for `onSnapshot`: makes an application's copies equal to a snapshot. What the snapshot does not have is
 * removed last, and only when all of its kind had come.
 */
export function reconcile({ groups, users }: LocalCopies): (snapshot: Snapshot) => Promise<void> {
  return async (snapshot) => {
    if (groups) await makeEqual(groups, snapshot.groups)
    if (users) await makeEqual(users, snapshot.users)
  }
}

async function makeEqual<T extends { id: string }>(local: LocalCopy<T>, items: AsyncIterable<T>): Promise<void> {
  const gone = new Set<string>()
  for await (const id of await local.ids()) gone.add(id)
  for await (const item of items) {
    gone.delete(item.id)
    await local.upsert(item)
  }
  for (const id of gone) await local.remove(id)
}
