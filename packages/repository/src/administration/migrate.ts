import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type MigrationProvider, Migrator } from 'kysely/migration'
import type pg from 'pg'
import { openJobQueuePool } from '../database/job-queue-pool.ts'
import { installJobQueue } from './job-queue.ts'

const folder = new URL('../../../../migrations/', import.meta.url)
const lockMillisecondsMax = 500
const attemptsMax = 20

/**
 * Applies the plain SQL files of `migrations/` that are not applied yet, in order, in one transaction. Waits for a
 * table lock at most half a second and tries again with jitter, so that a long query never queues the whole service
 * behind a migration. Then brings the job queue up to date. `appRole` receives the grants. Answers with the names
 * applied.
 */
export async function migrate(options: {
  migrationDatabaseUrl: string
  appRole: string
}): Promise<{ applied: string[] }> {
  // A connection that breaks while nothing runs on it is no failure of the migration.
  const pool = openJobQueuePool({ url: options.migrationDatabaseUrl, connectionsMax: 3 })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    await assertRoleExists(db, options.appRole)
    return await whileAlone(pool, async () => {
      const applied = await applyFiles(db, options.appRole)
      await installJobQueue(pool, options.appRole)
      return { applied }
    })
  } finally {
    await db.destroy()
  }
}

/**
 * One migration of a database at a time, the others wait: Kysely and graphile-worker have a lock each, but what they look
 * at and grant beside it fails while the other one makes its tables.
 */
async function whileAlone<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query("SELECT pg_advisory_lock(hashtext('muster migrate'))")
    return await work()
  } finally {
    // Closed, not returned: the lock ends with the session.
    client.release(true)
  }
}

async function applyFiles(db: Kysely<unknown>, appRole: string): Promise<string[]> {
  const migrator = new Migrator({ db, provider: sqlFiles(appRole) })
  for (let attempt = 1; ; attempt++) {
    const { error, results } = await migrator.migrateToLatest()
    if (error === undefined) return (results ?? []).map((result) => result.migrationName)
    if ((error as { code?: string }).code !== '55P03' || attempt >= attemptsMax) throw error
    await delay(200 + Math.random() * 800)
  }
}

/** Whether migrations are applied that this release knows; the services refuse to start without. */
export async function listMigrations(): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.replace(/\.sql$/, ''))
    .sort()
}

function sqlFiles(appRole: string): MigrationProvider {
  const role = `"${appRole.replaceAll('"', '""')}"`
  return {
    async getMigrations() {
      const names = await listMigrations()
      const entries = names.map(async (name) => {
        // psql's own syntax for a quoted identifier, so that the files also run by hand: psql -v app_role=…
        const text = (await readFile(new URL(`${name}.sql`, folder), 'utf8')).replaceAll(':"app_role"', role)
        const up = async (db: Kysely<unknown>) => {
          await sql.raw(`SET LOCAL lock_timeout = ${lockMillisecondsMax}; ${text}`).execute(db)
        }
        return [name, { up }] as const
      })
      return Object.fromEntries(await Promise.all(entries))
    },
  }
}

async function assertRoleExists(db: Kysely<unknown>, role: string): Promise<void> {
  const found = await sql`SELECT FROM pg_roles WHERE rolname = ${role}`.execute(db)
  if (found.rows.length > 0) return
  throw new Error(`The role "${role}" of DATABASE_URL does not exist: CREATE ROLE "${role}" LOGIN PASSWORD '…'`)
}
