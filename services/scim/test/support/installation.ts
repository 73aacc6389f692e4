import { eventDefects } from '@muster/events'
import {
  addDirectoryToken,
  authenticateApiKey,
  chooseOrganization,
  createDirectory,
  createOperatorKey,
  createOrganization,
  type Database,
  type EventView,
  listEvents,
  type OperatorRight,
  type OrganizationScope,
  openDatabase,
  read,
  type Transaction,
  transact,
} from '@muster/repository'
import type { KnownRoute } from '@muster/runtime/http/route-table'
import { createLogger } from '@muster/runtime/logger'
import { generateToken, hashToken } from '@muster/runtime/tokens'
import { encodeUuid } from '@muster/runtime/type-ids'
import { createTestDatabase, type TestDatabase } from '@muster/testkit'
import type { FastifyInstance } from 'fastify'
import { symbols } from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { ScimClient } from './scim-client.ts'
import { watchStatements } from './watch-statements.ts'

const pepper = 'a pepper for tests, of at least thirty-two characters'
const cause = { kind: 'system', id: 'test' } as const

/** One directory with a live token, and the client that uses it. */
export interface TestDirectory {
  scope: OrganizationScope
  directoryId: string
  client: ScimClient
}

interface DirectoryOptions {
  name?: string
  scimProfile?: 'compatible' | 'strict'
}

/** The service over a fresh database, listening on a free port of this machine. */
export interface Installation {
  app: FastifyInstance
  origin: string
  database: Database
  testDatabase: TestDatabase
  routes: readonly KnownRoute[]
  /** Every line the service has logged so far. */
  logLines: readonly string[]
  /** Its guard is off unless asked for: most tests are about something else than how much may go at once. */
  addOrganization(name: string, options?: { guarded?: boolean }): Promise<OrganizationScope>
  addDirectory(scope: OrganizationScope, options?: DirectoryOptions): Promise<TestDirectory>
}

interface InstallationOptions {
  connectionsMax?: number
  /** Another way to the database than the straight one, such as a proxy. */
  databaseUrl?: (testDatabase: TestDatabase) => string
  onStatement?: () => void
  /** Off unless asked for: it writes behind the back of what a test looks at. */
  requestLog?: { rowsMax: number }
  /** Whose notifications are taken. */
  connectors?: Parameters<typeof buildApp>[0]['connectors']
}

export async function startInstallation(t: Test, options: InstallationOptions = {}): Promise<Installation> {
  const testDatabase = await createTestDatabase(t)
  const url = options.databaseUrl?.(testDatabase) ?? testDatabase.databaseUrl
  const database = openDatabase({
    url,
    connectionsMax: options.connectionsMax ?? 10,
    // A machine under load may take its time; a database behind a proxy is one that fails.
    ...(options.databaseUrl ? {} : { connectMillisecondsMax: 60_000 }),
  })
  t.teardown(() => database.close())
  if (options.onStatement !== undefined) watchStatements(database, options.onStatement)
  const right = await becomeOperator(database, testDatabase)
  const { logger, logLines } = recordingLogger()
  const { app, routes } = await buildApp({
    database,
    pepper,
    publicUrl: 'https://muster.test',
    requestLog: options.requestLog,
    // Whatever else the machine does at this moment, requests are answered.
    shedsLoad: false,
    ...(options.connectors && { connectors: options.connectors }),
    logger,
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return {
    app,
    origin,
    database,
    testDatabase,
    routes: routes.list(),
    logLines,
    addOrganization: async (name, { guarded = false } = {}) => {
      const { organizationId } = await createOrganization(database, right, { name })
      const scope = await chooseOrganization(database, right, organizationId)
      if (scope === undefined) throw new Error('The new organization is not there')
      if (!guarded) await switchGuardOff(database, scope)
      return scope
    },
    addDirectory: (scope, { name = 'Directory', scimProfile = 'compatible' } = {}) =>
      transact(database, scope, cause, async (tx) => {
        const { directoryId } = await createDirectory(tx, { name, type: 'SCIM', scimProfile })
        const token = generateToken('scim')
        await addDirectoryToken(tx, directoryId, { hash: hashToken(pepper, token), hint: '', expiresAt: null })
        const client = new ScimClient(`${origin}/scim/${encodeUuid(directoryId)}/v2`, token)
        return { scope, directoryId, client }
      }),
  }
}

/** An installation with one organization that has one directory: all that most tests need. */
export async function startDirectory(t: Test, options: InstallationOptions & DirectoryOptions = {}) {
  const installation = await startInstallation(t, options)
  const scope = await installation.addOrganization('Acme')
  return { installation, ...(await installation.addDirectory(scope, options)) }
}

/** Does what the management API would do. */
export function change(
  { database }: Installation,
  { scope }: Pick<TestDirectory, 'scope'>,
  work: (tx: Transaction) => Promise<unknown>,
) {
  return transact(database, scope, cause, work)
}

/** The events of an organization behind a sequence number, all of them; they are as the catalogue says. */
export async function eventsOf(database: Database, scope: OrganizationScope, after = 0): Promise<EventView[]> {
  const events: EventView[] = []
  for (;;) {
    const from = events.at(-1)?.sequence ?? after
    const page = await read(database, scope, (reader) => listEvents(reader, {}, { after: from, limit: 1_000 }))
    events.push(...page)
    if (page.length < 1_000) break
  }
  const defects = eventDefects(events)
  if (defects.length > 0) throw new Error(defects.join('\n'))
  return events
}

async function becomeOperator(database: Database, { migrationDatabaseUrl }: TestDatabase): Promise<OperatorRight> {
  const hash = hashToken(pepper, generateToken('key'))
  await createOperatorKey({ migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const principal = await authenticateApiKey(database, hash)
  if (principal?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  return principal.right
}

/** The service's own logger, with its redaction and serializers, except that the lines are kept instead of written. */
function recordingLogger() {
  const logLines: string[] = []
  const logger = createLogger({ service: 'scim', level: 'debug' })
  Reflect.set(logger, symbols.streamSym, { write: (line: string) => void logLines.push(line) })
  return { logger, logLines }
}

/** Straight in the table: that leaves nothing in the audit trail, and nobody has asked for the settings yet. */
function switchGuardOff(database: Database, scope: OrganizationScope): Promise<unknown> {
  const guard = JSON.stringify({ users: 'off', groups: 'off', memberships: 'off' })
  return transact(database, scope, cause, (tx) =>
    tx.db.updateTable('organizations').set({ guard }).where('organization_id', '=', tx.organizationId).execute(),
  )
}
