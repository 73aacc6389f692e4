import { migrate, openDatabase } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import { type Access, ensureAccess } from '../access.ts'
import { renderBanner } from '../banner.ts'
import { assertEmbeddedAllowed, type Config } from '../config.ts'
import { type Connection, readConnection, writeConnection } from '../connection.ts'
import { type DataFolder, openDataFolder } from '../data-folder.ts'
import { type DatabaseServer, openDatabaseServer } from '../database-server.ts'
import { lockFolder } from '../folder-lock.ts'
import { assertPortsFree } from '../free-ports.ts'
import { serviceFailure, waitUntilReady } from '../readiness.ts'
import { ensureSecrets, type Secrets } from '../secrets.ts'
import { type ServiceProcess, startService } from '../service-process.ts'
import { scimOrigin, serviceEnvironment, serviceNames, serviceOrigin } from '../services.ts'
import { listenForShutdown, type Shutdown } from '../shutdown.ts'
import { print, say } from '../terminal.ts'

/** Services of a killed `up` drain for at most 10 s before they let go of their ports. */
const patienceAfterCrashMs = 12_000

/**
 * Runs a whole installation in the foreground: Postgres (unless the settings name one), migrations, the three services
 * and, at the first start, an organization with a SCIM directory. Returns when it was asked to end and has ended.
 * Throws `conflict` (folder or port in use) or `unavailable` (something does not start, or ended by itself), after
 * everything was stopped.
 */
export async function up(config: Config): Promise<void> {
  assertEmbeddedAllowed(config)
  const shutdown = listenForShutdown()
  try {
    await run(config, shutdown)
  } catch (error) {
    // An interrupted start is no failure.
    if (!shutdown.requested.aborted) throw error
  } finally {
    await shutdown.stopAll()
  }
}

async function run(config: Config, shutdown: Shutdown): Promise<void> {
  const folder = await openDataFolder(config.dataDir)
  const lock = await lockFolder(folder)
  shutdown.add({ stop: lock.release, kill: () => {} })
  await assertPortsFree(config, lock.followsCrash ? patienceAfterCrashMs : 0)
  const secrets = await ensureSecrets(folder, config)
  const server = await openDatabaseServer(config, folder, secrets)
  shutdown.add(server)
  shutdown.requested.throwIfAborted()
  const { applied } = await migrate({ migrationDatabaseUrl: server.migrationDatabaseUrl, appRole: server.appRole })
  if (applied.length > 0) say(`applied ${applied.length} migrations`)
  shutdown.requested.throwIfAborted()

  const running = await startServices(config, folder, secrets, server, shutdown)
  const previous = await readConnection(folder)
  const [access] = await Promise.all([
    openAccess(secrets, server, previous),
    ...running.map((service) => waitUntilReady(config, service, shutdown.requested)),
  ])
  const connection = describeConnection(config, server, access)
  await writeConnection(folder, connection)
  const firstStart = previous === undefined
  print(renderBanner({ connection, dataDir: folder.path, database: server.description, firstStart }))
  await waitForEnd(running, server, shutdown)
}

async function startServices(
  config: Config,
  folder: DataFolder,
  secrets: Secrets,
  { databaseUrl }: DatabaseServer,
  shutdown: Shutdown,
): Promise<ServiceProcess[]> {
  const running = await Promise.all(
    serviceNames.map((name) => startService(name, folder, serviceEnvironment(name, config, secrets, databaseUrl))),
  )
  shutdown.add(...running)
  return running
}

async function openAccess(
  { tokenPepper: pepper }: Secrets,
  { databaseUrl, migrationDatabaseUrl }: DatabaseServer,
  previous: Connection | undefined,
): Promise<Access> {
  const database = openDatabase({ url: databaseUrl, connectionsMax: 1 })
  try {
    return await ensureAccess({ database, migrationDatabaseUrl, pepper }, previous)
  } finally {
    await database.close()
  }
}

function describeConnection(config: Config, server: DatabaseServer, access: Access): Connection {
  const { databaseUrl, migrationDatabaseUrl } = server
  return {
    scimBaseUrl: `${scimOrigin(config)}/scim/${encodeUuid(access.directoryId)}/v2`,
    scimToken: access.scimToken,
    adminUrl: serviceOrigin(config, 'admin'),
    operatorKey: access.operatorKey,
    databaseUrl,
    migrationDatabaseUrl,
    organizationId: toTypeId('organization', access.organizationId),
    directoryId: toTypeId('directory', access.directoryId),
  }
}

async function waitForEnd(running: ServiceProcess[], server: DatabaseServer, { requested }: Shutdown): Promise<void> {
  const asked = new Promise<undefined>((resolve) => {
    if (requested.aborted) resolve(undefined)
    else requested.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const failures = running.map((service) =>
    service.ended.then((how) => serviceFailure(service, `ended unexpectedly (${how}); everything is stopped`)),
  )
  const databaseFailure = server.exited?.then(
    () => new MusterError('unavailable', `The database has ended unexpectedly (${server.description}).`),
  )
  const failure = await Promise.race([asked, ...failures, ...(databaseFailure ? [databaseFailure] : [])])
  if (failure) throw failure
  say('stopping')
}
