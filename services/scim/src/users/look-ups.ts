import {
  type Database,
  type DirectoryUserRow,
  lookUpDirectoryUsers,
  type OrganizationScope,
  read,
  type UserLookUp,
} from '@muster/repository'
import { Batcher } from '@muster/runtime/batcher'

interface LookUp extends UserLookUp {
  scope: OrganizationScope
  directoryId: string
  /** Whether the answer shows the user's groups. */
  withGroups: boolean
}

/** Finds users of one directory by a key; those that are looked for at the same time in one statement. */
export interface LookUps {
  /** Who has the value, in order of id; one more than `foundMax` when there are too many. */
  find(lookUp: LookUp): Promise<readonly DirectoryUserRow[]>
  idle(): Promise<void>
}

const usersTogetherMax = 100

export function createLookUps(database: Database): LookUps {
  const batcher = new Batcher<LookUp, readonly DirectoryUserRow[]>({
    itemsMax: usersTogetherMax,
    run: async (lookUps) => {
      const [{ scope, directoryId, by, withGroups }] = lookUps
      const values = lookUps.map(({ value }) => value)
      const found = await read(database, scope, (reader) =>
        lookUpDirectoryUsers(reader, directoryId, by, values, { withGroups }),
      )
      return values.map((value) => found.get(value) ?? [])
    },
  })
  return {
    find: (lookUp) => batcher.submit(`${lookUp.directoryId} ${lookUp.by} ${lookUp.withGroups}`, lookUp),
    idle: () => batcher.idle(),
  }
}
