import { migrate as applyMigrations } from '@muster/repository'
import { assertEmbeddedAllowed, type Config } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { openDatabaseServer } from '../database-server.ts'
import { lockFolder } from '../folder-lock.ts'
import { ensureSecrets } from '../secrets.ts'
import { print } from '../terminal.ts'

/**
 * Applies the migrations of this release: to the database that the settings name, else to the embedded one, which runs
 * only as long as that takes. Throws `conflict` when `muster up` has the data folder (it has migrated it already).
 */
export async function migrate(config: Config): Promise<void> {
  if (config.database) return apply(config.database, new URL(config.database.databaseUrl).username)
  assertEmbeddedAllowed(config)
  const folder = await openDataFolder(config.dataDir)
  const lock = await lockFolder(folder)
  try {
    const server = await openDatabaseServer(config, folder, await ensureSecrets(folder, config))
    try {
      await apply(server, server.appRole)
    } finally {
      await server.stop()
    }
  } finally {
    await lock.release()
  }
}

async function apply({ migrationDatabaseUrl }: { migrationDatabaseUrl: string }, appRole: string): Promise<void> {
  const { applied } = await applyMigrations({ migrationDatabaseUrl, appRole: decodeURIComponent(appRole) })
  print(applied.length === 0 ? 'Nothing to migrate.' : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`)
}
