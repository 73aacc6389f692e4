import { type Database, openDatabase } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { Config } from './config.ts'
import { readConnection } from './connection.ts'
import { openDataFolder } from './data-folder.ts'

/**
 * Runs `work` on the database of the installation that the settings or the data folder name, over one connection.
 * @throws MusterError `unavailable` without one
 */
export async function withInstallationDatabase<T>(
  config: Config,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const folder = await openDataFolder(config.dataDir)
  const url = config.database?.databaseUrl ?? (await readConnection(folder))?.databaseUrl
  if (url === undefined) {
    throw new MusterError(
      'unavailable',
      `There is no installation in ${folder.path}. Run "muster up" first, or set DATABASE_URL and MIGRATION_DATABASE_URL.`,
    )
  }
  const database = openDatabase({ url, connectionsMax: 1 })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
