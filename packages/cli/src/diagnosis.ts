import { stat } from 'node:fs/promises'
import { assertDatabaseIsSafe, countWrappedKeys, isDatabaseReady, openDatabase } from '@muster/repository'
import { parseRootKeys } from '@muster/runtime/secret-box'
import type { Config } from './config.ts'
import type { Connection } from './connection.ts'
import type { DataFolder } from './data-folder.ts'
import { errorText } from './error-text.ts'
import { isReady } from './readiness.ts'
import { findSecret } from './secrets.ts'
import { scimOrigin, type serviceNames, serviceOrigin } from './services.ts'

export interface Finding {
  name: string
  /** `warning`: it works, but should not stay so in production. */
  status: 'ok' | 'warning' | 'failed'
  detail: string
}

interface Subject {
  config: Config
  folder: DataFolder
  connection: Connection | undefined
}

type Outcome = Omit<Finding, 'name'>

const nodeMajorMin = 24

/** Every check, by the name it is shown under. */
const checks: Readonly<Record<string, (subject: Subject) => Promise<Outcome>>> = {
  'Node.js': async () => checkNode(process.versions.node),
  'Data folder': ({ folder }) => checkPrivacy(folder),
  Database: checkDatabase,
  'Root keys': checkRootKeys,
  'SCIM service': ({ config }) => checkService(config, 'scim'),
  'Management API': ({ config }) => checkService(config, 'admin'),
  Poller: ({ config }) => checkService(config, 'poller'),
  'Public address': async ({ config }) => checkPublicAddress(scimOrigin(config)),
}

/** Runs all checks at once; one that throws has failed, with the error's text. */
export async function runChecks(subject: Subject): Promise<Finding[]> {
  const runs = Object.entries(checks).map(async ([name, check]): Promise<Finding> => {
    const outcome = await check(subject).catch((error): Outcome => failed(errorText(error)))
    return { name, ...outcome }
  })
  return Promise.all(runs)
}

function checkNode(version: string): Outcome {
  const major = Number.parseInt(version, 10)
  return major >= nodeMajorMin ? ok(version) : failed(`${version}, but ${nodeMajorMin} or later is required`)
}

async function checkPrivacy({ path, secrets, connection }: DataFolder): Promise<Outcome> {
  const modes = await Promise.all(
    [path, secrets, connection].map(async (file) => {
      const found = await stat(file).catch(() => undefined)
      // Entering the folder is harmless: every file in it is private by itself.
      const forbidden = file === path ? 0o066 : 0o077
      return found && (found.mode & forbidden) !== 0 ? [file] : []
    }),
  )
  const exposed = modes.flat()
  return exposed.length === 0 ? ok(path) : failed(`others can read ${exposed.join(', ')}: take their rights away`)
}

async function checkDatabase({ config, connection }: Subject): Promise<Outcome> {
  const url = config.database?.databaseUrl ?? connection?.databaseUrl
  if (url === undefined) return failed('there is none yet: run "muster up", or set DATABASE_URL')
  const database = openDatabase({ url, connectionsMax: 1 })
  try {
    await assertDatabaseIsSafe(database)
    if (!(await isDatabaseReady(database))) return failed('migrations are missing: run "muster migrate"')
    if (config.database === undefined) return warning('works, but is embedded: for production set DATABASE_URL')
    return ok('safe and migrated')
  } finally {
    await database.close()
  }
}

async function checkRootKeys({ config, folder, connection }: Subject): Promise<Outcome> {
  const url = config.database?.databaseUrl ?? connection?.databaseUrl
  const text = await findSecret('rootKeys', folder, config)
  if (url === undefined || text === undefined)
    return warning('there are none here to compare with: set MUSTER_ROOT_KEYS')
  const [current, ...older] = parseRootKeys(text)
  const database = openDatabase({ url, connectionsMax: 1 })
  try {
    const wrapped = await countWrappedKeys(database)
    const known = new Set([current, ...older].map(({ id }) => id))
    const missing = [...wrapped.keys()].filter((id) => !known.has(id))
    if (missing.length > 0)
      return failed(`MUSTER_ROOT_KEYS lacks ${missing.join(', ')}: what they seal cannot be opened`)
    const outdated = [...wrapped].filter(([id]) => id !== current.id).map(([id, count]) => `${id} (${count} data keys)`)
    if (outdated.length === 0) return ok(`everything is sealed under ${current.id}`)
    return warning(`still in use: ${outdated.join(', ')}: run "muster secrets rewrap"`)
  } finally {
    await database.close()
  }
}

async function checkService(config: Config, name: (typeof serviceNames)[number]): Promise<Outcome> {
  const origin = serviceOrigin(config, name)
  return (await isReady(`${origin}/readyz`)) ? ok(`ready at ${origin}`) : failed(`does not answer ${origin}/readyz`)
}

function checkPublicAddress(origin: string): Outcome {
  if (origin.startsWith('https:')) return ok(origin)
  return warning(`${origin} is not https: identity providers need a public https address (SCIM_BASE_URL)`)
}

function ok(detail: string): Outcome {
  return { status: 'ok', detail }
}

function warning(detail: string): Outcome {
  return { status: 'warning', detail }
}

function failed(detail: string): Outcome {
  return { status: 'failed', detail }
}
