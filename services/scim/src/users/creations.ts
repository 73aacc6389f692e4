import {
  createDirectoryUsers,
  type Database,
  type DirectoryUserDraft,
  type OrganizationScope,
  type Stored,
  transact,
} from '@muster/repository'
import { Batcher } from '@muster/runtime/batcher'

interface Creation {
  scope: OrganizationScope
  directoryId: string
  draft: DirectoryUserDraft
}

/** The users one transaction creates at most: it stays well below the time a request may take. */
const usersTogetherMax = 64
/** One batch stores while the one before it commits; the sequence of events is locked for the commit only. */
const batchesAtOnceMax = 2

export type Creations = Batcher<Creation, Stored | undefined>

/**
 * Creates users that arrive at the same time for one directory in one transaction: an initial import shares commits and
 * the lock of the event sequence, a single POST waits for nobody. Each event still names the request behind it. Answers
 * undefined for a userName that is taken.
 */
export function createCreations(database: Database): Creations {
  return new Batcher({
    itemsMax: usersTogetherMax,
    parallelMax: batchesAtOnceMax,
    run: async (creations) => {
      const [{ scope, directoryId, draft }] = creations
      const drafts = creations.map((creation) => creation.draft)
      const cause = draft.cause ?? { kind: 'scim', id: draft.directoryUserId }
      const stored = await transact(database, scope, cause, (tx) => createDirectoryUsers(tx, directoryId, drafts))
      return drafts.map(({ directoryUserId }) => stored.get(directoryUserId))
    },
  })
}
