import { openSecret, type SecretPlace, sealSecret } from '@muster/runtime/secret-box'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import { currentDataKey, listDataKeys, type RootKeys } from '../organizations/data-keys.ts'

/** What a row that signs has of its secrets. */
export interface SigningColumns {
  sealed_secret: Buffer
  sealed_previous_secret: Buffer | null
  previous_expires_at: Date | null
}

/** Whose secrets they are: both of a row are sealed for the same place, so that one can become the other. */
export interface SigningOwner {
  table: 'webhook_endpoints' | 'hooks'
  id: string
}

export async function sealSigningSecret(
  tx: Transaction,
  rootKeys: RootKeys,
  owner: SigningOwner,
  secret: string,
): Promise<Buffer> {
  return sealSecret(await currentDataKey(tx, rootKeys), placeOf(tx, owner), Buffer.from(secret))
}

/**
 * The secrets that sign at this moment, the newest first: the one before as long as it has not expired.
 * @throws SecretBoxError when one cannot be opened
 */
export async function openSigningSecrets(
  reader: Reader,
  rootKeys: RootKeys,
  owner: SigningOwner,
  row: SigningColumns,
): Promise<string[]> {
  const keys = await listDataKeys(reader, rootKeys)
  const isLive = row.previous_expires_at !== null && row.previous_expires_at > new Date()
  const sealed = [row.sealed_secret, ...(isLive && row.sealed_previous_secret ? [row.sealed_previous_secret] : [])]
  return sealed.map((envelope) => openSecret(keys, placeOf(reader, owner), envelope).toString())
}

function placeOf({ organizationId }: { organizationId: string }, { table, id }: SigningOwner): SecretPlace {
  return { organizationId, ownerId: id, column: `${table}.sealed_secret` }
}
