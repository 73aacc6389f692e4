import { fileURLToPath } from 'node:url'

/** What the runner tells every test file about the Postgres of this run. */
export interface TestServer {
  /** The server's maintenance database, as superuser. */
  superuserUrl: string
  /** The migrated database that test databases are copied from; nobody stays connected to it. */
  template: string
  /** URLs of the template: only their roles and passwords are of use, for its copies. */
  databaseUrl: string
  migrationDatabaseUrl: string
}

const variables = {
  superuserUrl: 'MUSTER_TEST_SUPERUSER_URL',
  template: 'MUSTER_TEST_TEMPLATE',
  databaseUrl: 'MUSTER_TEST_DATABASE_URL',
  migrationDatabaseUrl: 'MUSTER_TEST_MIGRATION_DATABASE_URL',
} as const satisfies Record<keyof TestServer, string>

type Variables = Record<(typeof variables)[keyof TestServer], string>

/** The environment variables that carry a test server to the test files. */
export function toEnvironment(server: TestServer): Variables {
  return {
    [variables.superuserUrl]: server.superuserUrl,
    [variables.template]: server.template,
    [variables.databaseUrl]: server.databaseUrl,
    [variables.migrationDatabaseUrl]: server.migrationDatabaseUrl,
  }
}

/** The server of this run. Throws when the test file was started without the runner. */
export function readTestServer(): TestServer {
  return {
    superuserUrl: required(variables.superuserUrl),
    template: required(variables.template),
    databaseUrl: required(variables.databaseUrl),
    migrationDatabaseUrl: required(variables.migrationDatabaseUrl),
  }
}

/** Folder of other Postgres binaries to test with (for the version matrix); undefined for those from npm. */
export function readPostgresBinDir(): string | undefined {
  return process.env.MUSTER_TEST_POSTGRES_BIN_DIR || undefined
}

/** Where Node keeps what it compiled: each of hundreds of processes would strip the types of the same files. */
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url))

const noLoadHooks = new URL('no-load-hooks.ts', import.meta.url).href

/** What tap and the test files inherit. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options = '' } = process.env
  return { NODE_COMPILE_CACHE: compileCache, ...process.env, NODE_OPTIONS: `${options} --import=${noLoadHooks}`.trim() }
}

function required(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new Error(`${name} is not set: run test files that need a database by "npm test -- <file>"`)
}
