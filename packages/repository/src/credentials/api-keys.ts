import { newUuid } from '@muster/runtime/type-ids'
import { appendAudit } from '../audit/append.ts'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import type { NewCredential } from './directory-tokens.ts'

export interface ApiKey {
  apiKeyId: string
  name: string
  role: 'ADMIN' | 'VIEWER'
  hint: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}

/** Adds an API key to the organization. */
export async function addApiKey(
  tx: Transaction,
  key: NewCredential & { name: string; role: 'ADMIN' | 'VIEWER' },
): Promise<ApiKey> {
  const apiKeyId = newUuid()
  const row = await tx.db
    .insertInto('api_keys')
    .values({
      organization_id: tx.organizationId,
      api_key_id: apiKeyId,
      credential_hash: key.hash,
      name: key.name,
      role: key.role,
      hint: key.hint,
      expires_at: key.expiresAt,
    })
    .returning('created_at')
    .executeTakeFirstOrThrow()
  await tx.db
    .insertInto('credential_routes')
    .values({
      organization_id: tx.organizationId,
      kind: 'api_key',
      credential_id: apiKeyId,
      credential_hash: key.hash,
      expires_at: key.expiresAt,
    })
    .execute()
  appendAudit(tx, { action: 'key.create', target: apiKeyId, detail: { role: key.role } })
  const { name, role, hint, expiresAt } = key
  return { apiKeyId, name, role, hint, createdAt: row.created_at, expiresAt, lastUsedAt: null }
}

/** A page of the organization's live API keys by id. */
export async function listApiKeys(
  reader: Reader,
  page: { after: string | undefined; limit: number },
): Promise<ApiKey[]> {
  let query = reader.db
    .selectFrom('api_keys')
    .select(['api_key_id', 'name', 'role', 'hint', 'created_at', 'expires_at', 'last_used_at'])
    .where('organization_id', '=', reader.organizationId)
    .where('revoked_at', 'is', null)
    .orderBy('api_key_id')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('api_key_id', '>', page.after)
  const rows = await query.execute()
  return rows.map((row) => ({
    apiKeyId: row.api_key_id,
    name: row.name,
    role: row.role,
    hint: row.hint,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }))
}

/** Revokes an API key; false when there is no such live one. Effective when caches of it run out (5 s). */
export async function revokeApiKey(tx: Transaction, apiKeyId: string): Promise<boolean> {
  const row = await tx.db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('api_key_id', '=', apiKeyId)
    .where('revoked_at', 'is', null)
    .returning('credential_hash')
    .executeTakeFirst()
  if (row === undefined) return false
  await tx.db.deleteFrom('credential_routes').where('credential_hash', '=', row.credential_hash).execute()
  appendAudit(tx, { action: 'key.revoke', target: apiKeyId })
  return true
}
