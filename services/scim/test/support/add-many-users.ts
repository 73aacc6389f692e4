import { createDirectoryUsers, transact } from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { parseUser, standardDialects } from '@muster/scim'
import pg from 'pg'
import type { Installation, TestDirectory } from './installation.ts'
import { urns } from './scim-client.ts'

const perTransaction = 100

/**
 * Makes users without a request for each; answers with their ids. Gathers statistics, early and at the end, as
 * autovacuum does within a minute: without them Postgres plans the set-based statements as if tables were empty.
 */
export async function addManyUsers(
  { database, testDatabase }: Installation,
  directory: TestDirectory,
  count: number,
): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const drafts = Array.from({ length: Math.min(perTransaction, count - ids.length) }, (_, index) => ({
      directoryUserId: newUuid(),
      document: parseUser({ schemas: [urns.user], userName: `user ${ids.length + index}` }, standardDialects.strict),
    }))
    await transact(database, directory.scope, { kind: 'system', id: 'test' }, (tx) =>
      createDirectoryUsers(tx, directory.directoryId, drafts),
    )
    if (ids.length === 0) await analyze(testDatabase.superuserUrl)
    ids.push(...drafts.map(({ directoryUserId }) => directoryUserId))
  }
  await analyze(testDatabase.superuserUrl)
  return ids
}

async function analyze(superuserUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    await client.query('ANALYZE')
  } finally {
    await client.end()
  }
}
