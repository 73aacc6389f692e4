import { keyIdOf } from '@muster/runtime/secret-box'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { addDataKey, listDataKeys, lockDataKeys, type RootKeys, rewrapDataKeys, rootKeyIdsInUse } from './data-keys.ts'
import { everyOrganization } from './every-organization.ts'
import { resealRows, sealedTables } from './sealed-columns.ts'

/** So long a rotation that was broken off is taken up again. */
const takenUpMinutes = 60
const noUuid = '00000000-0000-0000-0000-000000000000'

interface RotatedOrganization {
  /** As it is shown. */
  organizationId: string
  /** Data keys that were wrapped anew, or secrets that were sealed anew. */
  changed: number
}

/**
 * Wraps the data keys of every organization by the current root key. May run at any time and again, while services work.
 * @throws SecretBoxError when a root key is missing
 */
export async function* rewrapEveryKey(database: Database, rootKeys: RootKeys): AsyncGenerator<RotatedOrganization> {
  const cause = { kind: 'system', id: 'muster secrets rewrap' } as const
  for await (const { organization_id: id } of everyOrganization(database)) {
    const changed = await transact(database, scopeTo(id), cause, async (tx) => {
      const keys = await rewrapDataKeys(tx, rootKeys)
      if (keys > 0) appendAudit(tx, { action: 'organization.rewrap_keys', target: id, detail: { keys } })
      return keys
    })
    yield { organizationId: toTypeId('organization', id), changed }
  }
}

/**
 * Gives every organization that has secrets another data key and seals all of them by it. May run while services work; one
 * that was broken off goes on where it was when it runs again within an hour, since keys that are younger are not replaced
 * unless `isForced`. Keys that seal nothing any more are dropped by
 * the next rotation: somebody may be about to open what was sealed by them a moment ago.
 * @throws SecretBoxError when a key is missing
 */
export async function* rotateEverySecret(
  database: Database,
  rootKeys: RootKeys,
  { isForced = false } = {},
): AsyncGenerator<RotatedOrganization> {
  for await (const { organization_id: id } of everyOrganization(database)) {
    const changed = await rotateSecrets(database, rootKeys, { organizationId: id, isForced })
    yield { organizationId: toTypeId('organization', id), changed }
  }
}

/** How many data keys each root key wraps, by its id. */
export async function countWrappedKeys(database: Database): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for await (const { organization_id: id } of everyOrganization(database)) {
    for (const rootKeyId of await read(database, scopeTo(id), rootKeyIdsInUse)) {
      counts.set(rootKeyId, (counts.get(rootKeyId) ?? 0) + 1)
    }
  }
  return counts
}

async function rotateSecrets(
  database: Database,
  rootKeys: RootKeys,
  { organizationId, isForced }: { organizationId: string; isForced: boolean },
): Promise<number> {
  const scope = scopeTo(organizationId)
  const cause = { kind: 'system', id: 'muster secrets rotate' } as const
  const hasKey = await transact(database, scope, cause, (tx) => replaceKey(tx, rootKeys, isForced))
  if (!hasKey) return 0
  let changed = 0
  for (const table of sealedTables) {
    for (let after: string | undefined = noUuid; after !== undefined; ) {
      const from: string = after
      const done = await transact(database, scope, cause, async (tx) => {
        const keys = await listDataKeys(tx, rootKeys)
        const current = keys.at(-1)
        if (current === undefined) throw new Error('The data keys of an organization are gone')
        return resealRows(tx, table, { keys, current, after: from })
      })
      changed += done.resealed
      after = done.after
    }
  }
  return changed
}

/** False for an organization that has no key, and so no secret. */
async function replaceKey(tx: Transaction, rootKeys: RootKeys, isForced: boolean): Promise<boolean> {
  await lockDataKeys(tx)
  const [newest] = await send(
    tx.db,
    sql<{ is_young: boolean }>`
    SELECT created_at > now() - make_interval(mins => ${takenUpMinutes}) AS is_young
    FROM data_keys WHERE organization_id = ${tx.organizationId} ORDER BY data_key_id DESC LIMIT 1`,
  )
  if (newest === undefined) return false
  const dropped = await dropUnusedKeys(tx)
  const added = isForced || !newest.is_young ? 1 : 0
  if (added > 0) await addDataKey(tx, rootKeys)
  if (dropped + added > 0) {
    appendAudit(tx, { action: 'organization.rotate_keys', target: tx.organizationId, detail: { dropped, added } })
  }
  return true
}

/** Of all keys but the newest those that seal nothing. */
async function dropUnusedKeys(tx: Transaction): Promise<number> {
  const inUse = new Set<string>()
  for (const { table, columns } of sealedTables) {
    for (const name of Object.keys(columns)) {
      const rows = await send(
        tx.db,
        // The beginning of an envelope, up to the id of its key.
        sql<{ header: Buffer }>`
        SELECT DISTINCT substring(${sql.ref(name)} FROM 1 FOR 2 + get_byte(${sql.ref(name)}, 1)) AS header
        FROM ${sql.table(table)} WHERE organization_id = ${tx.organizationId} AND ${sql.ref(name)} IS NOT NULL`,
      )
      for (const { header } of rows) inUse.add(keyIdOf(header))
    }
  }
  const rows = await send(
    tx.db,
    sql`DELETE FROM data_keys k WHERE k.organization_id = ${tx.organizationId}
      AND k.data_key_id <> ALL(${[...inUse]}::uuid[]) AND EXISTS (SELECT FROM data_keys newer
        WHERE newer.organization_id = ${tx.organizationId} AND newer.data_key_id > k.data_key_id) RETURNING k.data_key_id`,
  )
  return rows.length
}
