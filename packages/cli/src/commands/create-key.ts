import { MusterError } from '@muster/runtime/errors'
import { issueOperatorKey } from '../access.ts'
import type { Config } from '../config.ts'
import { readConnection } from '../connection.ts'
import { openDataFolder } from '../data-folder.ts'
import { findSecret } from '../secrets.ts'
import { print } from '../terminal.ts'

/**
 * Makes an operator key and prints it, once: alone, so that a script can take it, or as JSON.
 * Throws `unavailable` when there is no installation to make it for.
 */
export async function createKey(config: Config, options: { name: string; json: boolean }): Promise<void> {
  const folder = await openDataFolder(config.dataDir)
  const migrationDatabaseUrl =
    config.database?.migrationDatabaseUrl ?? (await readConnection(folder))?.migrationDatabaseUrl
  const pepper = await findSecret('tokenPepper', folder, config)
  if (migrationDatabaseUrl === undefined || pepper === undefined) {
    throw new MusterError(
      'unavailable',
      `There is no installation in ${folder.path}. Run "muster up" first, or set DATABASE_URL, MIGRATION_DATABASE_URL and MUSTER_TOKEN_PEPPER.`,
    )
  }
  const key = await issueOperatorKey({ migrationDatabaseUrl, pepper, name: options.name })
  print(options.json ? JSON.stringify({ name: options.name, role: 'OPERATOR', key }) : key)
}
