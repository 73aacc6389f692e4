import { openSecret, type SecretPlace, sealSecret } from '@muster/runtime/secret-box'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import { currentDataKey, listDataKeys, type RootKeys } from './data-keys.ts'

/** Seals a connector's configuration into its directory. False when there is no such directory. */
export async function sealDirectoryConfig(
  tx: Transaction,
  rootKeys: RootKeys,
  directoryId: string,
  config: Record<string, unknown>,
): Promise<boolean> {
  const key = await currentDataKey(tx, rootKeys)
  const sealed = sealSecret(key, placeOf(tx, directoryId), Buffer.from(JSON.stringify(config)))
  const { numUpdatedRows } = await tx.db
    .updateTable('directories')
    .set({ sealed_config: sealed, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Opens a directory's configuration; undefined when it has none. Throws SecretBoxError when it cannot be opened. */
export async function openDirectoryConfig(
  reader: Reader,
  rootKeys: RootKeys,
  directoryId: string,
): Promise<Record<string, unknown> | undefined> {
  const row = await reader.db
    .selectFrom('directories')
    .select('sealed_config')
    .where('organization_id', '=', reader.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  if (row?.sealed_config == null) return undefined
  const keys = await listDataKeys(reader, rootKeys)
  return JSON.parse(openSecret(keys, placeOf(reader, directoryId), row.sealed_config).toString('utf8'))
}

function placeOf(reader: { organizationId: string }, directoryId: string): SecretPlace {
  return { organizationId: reader.organizationId, ownerId: directoryId, column: 'directories.sealed_config' }
}
