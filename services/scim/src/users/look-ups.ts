import {
  type Database,
  type DirectoryUserRow,
  findDirectoryUsers,
  type OrganizationScope,
  read,
} from '@muster/repository'
import { Batcher } from '@muster/runtime/batcher'

interface LookUp {
  scope: OrganizationScope
  directoryId: string
  id: string
  /** Whether the answer shows the user's groups. */
  withGroups: boolean
}

/** Reads users of one directory by id; those that are asked for at the same time in one statement. */
export interface LookUps {
  find(lookUp: LookUp): Promise<DirectoryUserRow | undefined>
  idle(): Promise<void>
}

const usersTogetherMax = 100
/** Enough that one user in very many groups does not hold up the others. */
const statementsAtOnceMax = 4

export function createLookUps(database: Database): LookUps {
  const batcher = new Batcher<LookUp, DirectoryUserRow | undefined>({
    itemsMax: usersTogetherMax,
    parallelMax: statementsAtOnceMax,
    run: async (lookUps) => {
      const [{ scope, directoryId, withGroups }] = lookUps
      const ids = [...new Set(lookUps.map(({ id }) => id.toLowerCase()))]
      const rows = await read(database, scope, (reader) => findDirectoryUsers(reader, directoryId, ids, { withGroups }))
      const found = new Map(rows.map((row) => [row.directoryUserId, row]))
      return lookUps.map(({ id }) => found.get(id.toLowerCase()))
    },
  })
  return {
    idle: () => batcher.idle(),
    find: (lookUp) => batcher.submit(`${lookUp.directoryId} ${lookUp.withGroups}`, lookUp),
  }
}
