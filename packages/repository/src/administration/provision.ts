import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const looksMax = 200
const lookMilliseconds = 10

interface Login {
  name: string
  password: string
}

/**
 * Makes the two roles and the database of an installation, as a superuser; what exists is kept (passwords are set
 * again). The owner runs migrations; the app role owns nothing and cannot bypass row-level security.
 */
export async function provisionDatabase(options: {
  superuserUrl: string
  database: string
  owner: Login
  app: Login
}): Promise<{ databaseUrl: string; migrationDatabaseUrl: string }> {
  await withClient(options.superuserUrl, async (client) => {
    for (const login of [options.owner, options.app]) await ensureRole(client, login)
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [options.database])
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${name(options.database)} OWNER ${name(options.owner.name)}`)
    }
    await client.query(`REVOKE ALL ON DATABASE ${name(options.database)} FROM PUBLIC`)
    await client.query(`GRANT CONNECT ON DATABASE ${name(options.database)} TO ${name(options.app.name)}`)
  })
  return {
    databaseUrl: urlFor(options.superuserUrl, options.database, options.app),
    migrationDatabaseUrl: urlFor(options.superuserUrl, options.database, options.owner),
  }
}

/** Copies a database that nobody is connected to: how each test file gets its own. */
export async function cloneDatabase(options: { superuserUrl: string; template: string; name: string }): Promise<void> {
  await withClient(options.superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name(options.name)} TEMPLATE ${name(options.template)}`)
    const owner = await client.query('SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1', [
      options.template,
    ])
    await client.query(`ALTER DATABASE ${name(options.name)} OWNER TO ${name(owner.rows[0].owner)}`)
  })
}

/** Ends the connections to it that have not ended by themselves within a moment: a pool that was closed is still closing. */
export async function dropDatabase(options: { superuserUrl: string; name: string }): Promise<void> {
  await withClient(options.superuserUrl, async (client) => {
    const connected = 'SELECT FROM pg_stat_activity WHERE datname = $1'
    for (let looks = 0; looks < looksMax; looks++) {
      const { rowCount } = await client.query(connected, [options.name])
      if (rowCount === 0) break
      await delay(lookMilliseconds)
    }
    await client.query(`DROP DATABASE IF EXISTS ${name(options.name)} WITH (FORCE)`)
  })
}

async function ensureRole(client: pg.Client, login: Login): Promise<void> {
  const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [login.name])
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER'
  await client.query(
    `${verb} ROLE ${name(login.name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
     PASSWORD ${pg.escapeLiteral(login.password)}`,
  )
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function urlFor(superuserUrl: string, database: string, login: Login): string {
  const url = new URL(superuserUrl)
  url.username = encodeURIComponent(login.name)
  url.password = encodeURIComponent(login.password)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

function name(text: string): string {
  return pg.escapeIdentifier(text)
}
