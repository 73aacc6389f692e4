import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'

const schema = 'graphile_worker'
const policy = 'services_work'

/** Its migrations say what they do at `debug`; what fails, throws. */
const silent = new Logger(() => () => undefined)

/**
 * Installs or updates the schema of graphile-worker over the owner's connections, and lets the services' role work with
 * it. Its tables have row-level security switched on without a policy, so grants alone would show that role no row; a
 * policy is made once, because making one locks the table. They hold jobs of the installation, not rows of organizations.
 */
export async function installJobQueue(pool: pg.Pool, appRole: string): Promise<void> {
  await runMigrations({ pgPool: pool, schema, logger: silent })
  const role = pg.escapeIdentifier(appRole)
  const client = await pool.connect()
  try {
    await client.query(`BEGIN;
      GRANT USAGE ON SCHEMA ${schema} TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
      REVOKE INSERT, UPDATE, DELETE ON ${schema}.migrations FROM ${role};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};`)
    for (const table of await listTablesWithoutPolicy(client, appRole)) {
      await client.query(`CREATE POLICY ${policy} ON ${table} TO ${role} USING (true) WITH CHECK (true)`)
    }
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

/** Names that are ready to stand in a statement. */
async function listTablesWithoutPolicy(client: pg.PoolClient, appRole: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relrowsecurity
       AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
         AND (SELECT oid FROM pg_roles WHERE rolname = $2) = ANY (p.polroles))`,
    [schema, appRole],
  )
  return rows.map((row) => row.name)
}
