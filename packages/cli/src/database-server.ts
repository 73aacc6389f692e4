import { startPostgres } from '@muster/embedded-postgres'
import { provisionDatabase } from '@muster/repository'
import type { Config } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import type { Secrets } from './secrets.ts'
import { say } from './terminal.ts'

export interface DatabaseServer {
  databaseUrl: string
  migrationDatabaseUrl: string
  /** The role of `databaseUrl`, which migrations grant to. */
  appRole: string
  /** For people: where the data is. Without a password. */
  description: string
  /** Resolves when the server has ended; undefined for one that is not ours. */
  exited: Promise<void> | undefined
  stop(): Promise<void>
  kill(): void
}

/** Starts and provisions the embedded Postgres, or describes the one that the settings name. */
export async function openDatabaseServer(
  config: Config,
  folder: DataFolder,
  secrets: Secrets,
): Promise<DatabaseServer> {
  if (config.database) return describeExternal(config.database)
  const postgres = await startPostgres({ dataDir: folder.postgres, log: { info: say, warn: say } })
  const app = { name: 'muster_app', password: secrets.appPassword }
  const owner = { name: 'muster_owner', password: secrets.ownerPassword }
  try {
    const { superuserUrl, version, port, exited, stop, kill } = postgres
    const urls = await provisionDatabase({ superuserUrl, database: 'muster', owner, app })
    const description = `Postgres ${version} on port ${port}, files in ${folder.postgres}`
    return { ...urls, appRole: app.name, description, exited, stop, kill }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

function describeExternal(urls: { databaseUrl: string; migrationDatabaseUrl: string }): DatabaseServer {
  const { host, pathname, username } = new URL(urls.databaseUrl)
  return {
    ...urls,
    appRole: decodeURIComponent(username),
    description: `Postgres at ${host}${pathname}`,
    exited: undefined,
    stop: async () => {},
    kill: () => {},
  }
}
