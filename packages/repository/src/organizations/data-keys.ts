import {
  keyIdOf,
  newSecretKey,
  openSecret,
  type SecretKey,
  type SecretPlace,
  sealSecret,
} from '@muster/runtime/secret-box'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'

export type RootKeys = readonly [SecretKey, ...SecretKey[]]

/**
 * The key that seals an organization's secrets, made at first need. It is stored sealed by the installation's root key,
 * so that changing the root key re-wraps one small row per organization and leaves every secret as it is.
 */
export async function currentDataKey(tx: Transaction, rootKeys: RootKeys): Promise<SecretKey> {
  await lockDataKeys(tx)
  return (await listDataKeys(tx, rootKeys)).at(-1) ?? addDataKey(tx, rootKeys)
}

/** One at a time makes keys or seals by them: the organization's row is the lock, of the kind that leaves foreign keys alone. */
export async function lockDataKeys(tx: Transaction): Promise<void> {
  await sql`SELECT FROM organizations WHERE organization_id = ${tx.organizationId} FOR NO KEY UPDATE`.execute(tx.db)
}

/** Makes another data key, which seals everything from now on. Behind `lockDataKeys`. */
export async function addDataKey(tx: Transaction, rootKeys: RootKeys): Promise<SecretKey> {
  const key = newSecretKey(newUuid())
  await tx.db
    .insertInto('data_keys')
    .values({
      organization_id: tx.organizationId,
      data_key_id: key.id,
      sealed_key: sealSecret(rootKeys[0], placeOf(tx, key.id), key.bytes),
    })
    .execute()
  return key
}

/** All data keys of the organization, oldest first: what opening a secret may need. */
export async function listDataKeys(reader: Reader, rootKeys: RootKeys): Promise<SecretKey[]> {
  const rows = await readSealedKeys(reader)
  return rows.map((row) => ({
    id: row.data_key_id,
    bytes: openSecret(rootKeys, placeOf(reader, row.data_key_id), row.sealed_key),
  }))
}

/**
 * Seals the organization's data keys again under the current root key; the older root keys are then of no use to it.
 * Answers with how many were sealed by another one.
 */
export async function rewrapDataKeys(tx: Transaction, rootKeys: RootKeys): Promise<number> {
  await lockDataKeys(tx)
  const current = rootKeys[0].id
  const rows = (await readSealedKeys(tx)).filter(({ sealed_key: sealed }) => keyIdOf(sealed) !== current)
  for (const { data_key_id: keyId, sealed_key: sealed } of rows) {
    const place = placeOf(tx, keyId)
    await tx.db
      .updateTable('data_keys')
      .set({ sealed_key: sealSecret(rootKeys[0], place, openSecret(rootKeys, place, sealed)) })
      .where('organization_id', '=', tx.organizationId)
      .where('data_key_id', '=', keyId)
      .execute()
  }
  return rows.length
}

/** The ids of the root keys that seal the organization's data keys, one for each data key. */
export async function rootKeyIdsInUse(reader: Reader): Promise<string[]> {
  return (await readSealedKeys(reader)).map(({ sealed_key: sealed }) => keyIdOf(sealed))
}

/** Oldest first. */
function readSealedKeys(reader: Reader) {
  return reader.db
    .selectFrom('data_keys')
    .select(['data_key_id', 'sealed_key'])
    .where('organization_id', '=', reader.organizationId)
    .orderBy('data_key_id')
    .execute()
}

function placeOf(reader: { organizationId: string }, dataKeyId: string): SecretPlace {
  return { organizationId: reader.organizationId, ownerId: dataKeyId, column: 'data_keys.sealed_key' }
}
