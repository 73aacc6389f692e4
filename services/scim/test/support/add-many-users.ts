import { createDirectoryUsers, type Database, transact } from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { parseUser, profiles } from '@muster/scim'
import type { TestDirectory } from './installation.ts'
import { urns } from './scim-client.ts'

/** Small: the cost of one transaction grows with the square of it on tables that Postgres has no statistics of. */
const perTransaction = 100

/** Makes users without a request for each; answers with their ids. */
export async function addManyUsers(database: Database, directory: TestDirectory, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const drafts = Array.from({ length: Math.min(perTransaction, count - ids.length) }, (_, index) => ({
      directoryUserId: newUuid(),
      document: parseUser({ schemas: [urns.user], userName: `user ${ids.length + index}` }, profiles.strict),
    }))
    await transact(database, directory.scope, { kind: 'system', id: 'test' }, (tx) =>
      createDirectoryUsers(tx, directory.directoryId, drafts),
    )
    ids.push(...drafts.map(({ directoryUserId }) => directoryUserId))
  }
  return ids
}
