import type { DataFolder } from './data-folder.ts'
import { readPrivateJson, writePrivateJson } from './private-file.ts'

const names = [
  'scimBaseUrl',
  'scimToken',
  'adminUrl',
  'operatorKey',
  'databaseUrl',
  'migrationDatabaseUrl',
  'organizationId',
  'directoryId',
] as const

/** How to reach an installation: what the banner shows, as a file for scripts. Ids are as the API shows them. */
export type Connection = Readonly<Record<(typeof names)[number], string>>

export async function readConnection(folder: DataFolder): Promise<Connection | undefined> {
  return readPrivateJson(folder.connection, names)
}

export async function writeConnection(folder: DataFolder, connection: Connection): Promise<void> {
  await writePrivateJson(folder.connection, connection)
}
