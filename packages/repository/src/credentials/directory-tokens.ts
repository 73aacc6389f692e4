import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'

/** Live tokens a directory may have: the one in use and the one that replaces it. */
export const liveTokensMax = 2

export interface NewCredential {
  hash: Buffer
  /** The last characters of the secret, so that a person can tell two apart. */
  hint: string
  expiresAt: Date | null
}

export interface DirectoryToken {
  tokenId: string
  hint: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}

/** Adds a token to a directory; `conflict` when it has two live ones already. Takes effect at once. */
export async function addDirectoryToken(
  tx: Transaction,
  directoryId: string,
  credential: NewCredential,
): Promise<DirectoryToken> {
  const key = { organization_id: tx.organizationId, directory_id: directoryId }
  // The directory's row is the lock under which tokens are counted.
  await sql`SELECT FROM directories WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
    FOR NO KEY UPDATE`.execute(tx.db)
  const live = await listDirectoryTokens(tx, directoryId)
  if (live.length >= liveTokensMax) {
    throw new MusterError('conflict', `The directory has ${liveTokensMax} live tokens; revoke one first.`)
  }
  const tokenId = newUuid()
  const row = await tx.db
    .insertInto('directory_tokens')
    .values({
      ...key,
      token_id: tokenId,
      credential_hash: credential.hash,
      hint: credential.hint,
      expires_at: credential.expiresAt,
    })
    .returning('created_at')
    .executeTakeFirstOrThrow()
  await tx.db
    .insertInto('credential_routes')
    .values({
      ...key,
      kind: 'scim_token',
      credential_id: tokenId,
      credential_hash: credential.hash,
      expires_at: credential.expiresAt,
    })
    .execute()
  appendAudit(tx, { action: 'token.create', target: tokenId, detail: { directoryId } })
  const { hint, expiresAt } = credential
  return { tokenId, hint, createdAt: row.created_at, expiresAt, lastUsedAt: null }
}

/** The tokens of a directory that are neither revoked nor expired, oldest first. */
export async function listDirectoryTokens(reader: Reader, directoryId: string): Promise<DirectoryToken[]> {
  const rows = await reader.db
    .selectFrom('directory_tokens')
    .select(['token_id', 'hint', 'created_at', 'expires_at', 'last_used_at'])
    .where('organization_id', '=', reader.organizationId)
    .where('directory_id', '=', directoryId)
    .where('revoked_at', 'is', null)
    .where(({ eb }) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', new Date())]))
    .orderBy('token_id')
    .execute()
  return rows.map((row) => ({
    tokenId: row.token_id,
    hint: row.hint,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }))
}

/** Revokes a token; false when there is no such live one. Effective when caches of it run out (5 s). */
export async function revokeDirectoryToken(tx: Transaction, directoryId: string, tokenId: string): Promise<boolean> {
  const row = await tx.db
    .updateTable('directory_tokens')
    .set({ revoked_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('token_id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .returning('credential_hash')
    .executeTakeFirst()
  if (row === undefined) return false
  await tx.db.deleteFrom('credential_routes').where('credential_hash', '=', row.credential_hash).execute()
  appendAudit(tx, { action: 'token.revoke', target: tokenId, detail: { directoryId } })
  return true
}

/** Notes the use of a token, at most once a minute: the hot path does not pay for it. */
export async function touchDirectoryToken(tx: Transaction, directoryId: string, tokenId: string): Promise<void> {
  await sql`UPDATE directory_tokens SET last_used_at = now()
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} AND token_id = ${tokenId}
      AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`.execute(tx.db)
}
