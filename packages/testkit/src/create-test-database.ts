import { randomBytes } from 'node:crypto'
import { cloneDatabase, dropDatabase } from '@muster/repository'
import type { Test } from 'tap'
import { readTestServer } from './test-environment.ts'

export interface TestDatabase {
  /** As the unprivileged role of the services. */
  databaseUrl: string
  /** As the owner of the tables. */
  migrationDatabaseUrl: string
  /** The same database as superuser: for looking behind row-level security. */
  superuserUrl: string
}

/**
 * Makes a migrated, empty database for this test by copying the template of the run; it is dropped when the test ends.
 * Close your pools in a teardown of their own, registered after this call: teardowns run last first.
 * Throws when the test file was not started by the runner.
 */
export async function createTestDatabase(t: Pick<Test, 'teardown'>): Promise<TestDatabase> {
  const { superuserUrl, template, databaseUrl, migrationDatabaseUrl } = readTestServer()
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  await cloneDatabase({ superuserUrl, template, name })
  t.teardown(() => dropDatabase({ superuserUrl, name }))
  return {
    databaseUrl: withDatabase(databaseUrl, name),
    migrationDatabaseUrl: withDatabase(migrationDatabaseUrl, name),
    superuserUrl: withDatabase(superuserUrl, name),
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
