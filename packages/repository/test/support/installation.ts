import { randomBytes } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@muster/testkit'
import pg from 'pg'
import type { Test } from 'tap'
import {
  authenticateApiKey,
  chooseOrganization,
  createOperatorKey,
  createOrganization,
  type Database,
  type OperatorRight,
  type OrganizationScope,
  openDatabase,
  transact,
} from '../../src/index.ts'

const cause = { kind: 'system', id: 'test' } as const

/** A fresh migrated database with a pool as the services have it, and an operator's right over it. */
export interface Installation {
  testDatabase: TestDatabase
  database: Database
  right: OperatorRight
  /** Its guard is off unless asked for: most tests are about something else than how much may go at once. */
  addOrganization(name?: string, options?: { guarded?: boolean }): Promise<OrganizationScope>
}

export async function openInstallation(t: Test, options: { connectionsMax?: number } = {}): Promise<Installation> {
  const testDatabase = await createTestDatabase(t)
  const database = openTestPool(t, testDatabase.databaseUrl, options.connectionsMax)
  const right = await becomeOperator(database, testDatabase.migrationDatabaseUrl)
  return {
    testDatabase,
    database,
    right,
    addOrganization: async (name = 'Acme', { guarded = false } = {}) => {
      const { organizationId } = await createOrganization(database, right, { name })
      const scope = await chooseOrganization(database, right, organizationId)
      if (scope === undefined) throw new Error('The new organization is not there')
      if (!guarded) await switchGuardOff(database, scope)
      return scope
    },
  }
}

/** A pool of the repository that is closed with the test. */
export function openTestPool(t: Test, url: string, connectionsMax = 10): Database {
  const database = openDatabase({ url, connectionsMax, connectMillisecondsMax: 60_000 })
  t.teardown(() => database.close())
  return database
}

/** A bare connection, for looking at and into what the repository does; closed with the test. */
export async function connect(t: Test, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // A test may have the server end it.
  client.on('error', () => undefined)
  t.teardown(() => client.end())
  return client
}

/** Ends one connection of the repository's pools, whatever it is doing. Takes a superuser's connection. */
export async function killOne(superuser: pg.Client): Promise<void> {
  await superuser.query(
    `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()
       AND application_name = 'muster' ORDER BY random() LIMIT 1) chosen`,
  )
}

async function becomeOperator(database: Database, migrationDatabaseUrl: string): Promise<OperatorRight> {
  const hash = randomBytes(32)
  await createOperatorKey({ migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const principal = await authenticateApiKey(database, hash)
  if (principal?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  return principal.right
}

/** Straight in the table: that leaves nothing in the audit trail, and nobody has asked for the settings yet. */
function switchGuardOff(database: Database, scope: OrganizationScope): Promise<unknown> {
  const guard = JSON.stringify({ users: 'off', groups: 'off', memberships: 'off' })
  return transact(database, scope, cause, (tx) =>
    tx.db.updateTable('organizations').set({ guard }).where('organization_id', '=', tx.organizationId).execute(),
  )
}
