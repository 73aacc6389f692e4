import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@muster/embedded-postgres'
import { migrate, provisionDatabase } from '@muster/repository'
import type { TestServer } from './test-environment.ts'

interface RunningTestServer extends TestServer {
  /** Version of Postgres, as it prints it. */
  version: string
  /** Stops Postgres and removes its folder. */
  stop(): Promise<void>
}

const template = 'muster_template'
const appRole = 'muster_app'
const ownerRole = 'muster_owner'

/** Every test file takes a few pools; several run at once. */
const settings = { max_connections: '300' }
/** They log in by the thousand, which mostly is hashing a password again and again. Postgres 15 knows no other number than its own. */
const quickLogin = { scram_iterations: '1' }

/**
 * Starts a throw-away Postgres below the temporary folder, with a migrated template database in it.
 * `binDir` names other binaries than those from npm.
 */
export async function startTestServer(binDir: string | undefined): Promise<RunningTestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    // As root, Postgres runs as somebody else, who must be able to pass through.
    await chmod(folder, 0o711)
    const log = { info: () => {}, warn: report }
    const binaries = binDir === undefined ? { settings: { ...settings, ...quickLogin } } : { settings, binDir }
    const postgres = await startPostgres({ dataDir: folder, durable: false, log, ...binaries })
    const stop = () => postgres.stop().finally(removeFolder)
    try {
      return { ...(await prepareTemplate(postgres.superuserUrl)), version: postgres.version, stop }
    } catch (error) {
      await stop()
      throw error
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

async function prepareTemplate(superuserUrl: string): Promise<TestServer> {
  const urls = await provisionDatabase({
    superuserUrl,
    database: template,
    owner: { name: ownerRole, password: newPassword() },
    app: { name: appRole, password: newPassword() },
  })
  await migrate({ migrationDatabaseUrl: urls.migrationDatabaseUrl, appRole })
  return { superuserUrl, template, ...urls }
}

function newPassword(): string {
  return randomBytes(16).toString('hex')
}

function report(message: string): void {
  process.stderr.write(`${message}\n`)
}
