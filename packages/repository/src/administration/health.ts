import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { readRoutes } from '../database/read.ts'
import { listMigrations } from './migrate.ts'

/**
 * What must hold before a service takes work. Throws an Error that says what to change:
 * the role is unprivileged (no superuser, no BYPASSRLS, owns no table, nor may it become a role that is or does: row-level
 * security binds it), a commit is
 * durable (`fsync`, `synchronous_commit`), the server is Postgres 15 or newer, and the migrations are applied.
 */
export async function assertDatabaseIsSafe(database: Database): Promise<void> {
  await readRoutes(database, async (db) => {
    const { rows } = await sql<SafetyFacts>`
      SELECT role.rolsuper AS superuser,
        EXISTS (SELECT FROM pg_roles other WHERE (other.rolbypassrls OR other.rolsuper)
          AND pg_has_role(current_user, other.oid, 'MEMBER')) AS bypass,
        EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND pg_has_role(current_user, c.relowner, 'MEMBER'))
        OR pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')
          AS owner,
        current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('server_version_num')::int AS version,
        to_regclass('public.kysely_migration') IS NOT NULL AS migrated
      FROM pg_roles role WHERE role.rolname = current_user`.execute(db)
    const facts = rows[0]
    if (facts === undefined) throw new Error('The database does not tell what role it gave us.')
    const wrong = safetyRules.filter((rule) => rule.broken(facts)).map((rule) => rule.message)
    if (wrong.length > 0) throw new Error(wrong.join(' '))
  })
}

interface SafetyFacts {
  superuser: boolean
  bypass: boolean
  owner: boolean
  fsync: string
  synchronous_commit: string
  version: number
  migrated: boolean
}

const safetyRules: readonly { broken: (facts: SafetyFacts) => boolean; message: string }[] = [
  { broken: (facts) => facts.superuser, message: 'DATABASE_URL connects as a superuser; use an unprivileged role.' },
  {
    broken: (facts) => facts.bypass && !facts.superuser,
    message: 'The role of DATABASE_URL has BYPASSRLS, or may become a role that has; take it away.',
  },
  {
    broken: (facts) => facts.owner && !facts.superuser,
    message:
      'The role of DATABASE_URL owns the database or its tables; use a second role (MIGRATION_DATABASE_URL owns).',
  },
  { broken: (facts) => facts.fsync !== 'on', message: 'The server runs with fsync off: commits would not be durable.' },
  {
    broken: (facts) => !['on', 'remote_apply', 'remote_write', 'local'].includes(facts.synchronous_commit),
    message: 'synchronous_commit is off: an acknowledged write could be lost.',
  },
  { broken: (facts) => facts.version < 150_000, message: 'Postgres 15 or newer is required.' },
  { broken: (facts) => !facts.migrated, message: 'The database is not migrated: run `make migrate`.' },
]

/** For readiness: the database answers and has every migration that this release brings. */
export async function isDatabaseReady(database: Database): Promise<boolean> {
  const expected = await listMigrations()
  try {
    return await readRoutes(database, async (db) => {
      const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db)
      const applied = new Set(rows.map((row) => row.name))
      return expected.every((name) => applied.has(name))
    })
  } catch {
    return false
  }
}
