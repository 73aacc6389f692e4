import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settle-people.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import { appendAudit } from './audit.ts'
import { directoryReference } from './directory-reference.ts'
import { readFlags, type ScimFlags, writtenFlags } from './scim-flags.ts'

export interface Directory {
  directoryId: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
  scimProfile: 'compatible' | 'strict'
  /** What is otherwise than the profile says. */
  scimFlags: ScimFlags
  errorMessage: string | null
  createdAt: Date
  updatedAt: Date
}

const columns = [
  'directory_id',
  'name',
  'type',
  'status',
  'scim_profile',
  'scim_flags',
  'error_message',
  'created_at',
  'updated_at',
] as const

export async function createDirectory(
  tx: Transaction,
  options: { name: string; type: DirectoryType; scimProfile: 'compatible' | 'strict' },
): Promise<Directory> {
  const directoryId = newUuid()
  await tx.db
    .insertInto('directories')
    .values({
      organization_id: tx.organizationId,
      directory_id: directoryId,
      name: options.name,
      type: options.type,
      scim_profile: options.scimProfile,
    })
    .execute()
  await tx.db
    .insertInto('directory_routes')
    .values({ organization_id: tx.organizationId, directory_id: directoryId })
    .execute()
  await appendAudit(tx, { action: 'directory.create', target: directoryId, detail: { type: options.type } })
  const created = await findDirectory(tx, directoryId)
  if (created === undefined) throw new Error('A directory is gone right after its creation')
  return created
}

export async function findDirectory(reader: Reader, directoryId: string): Promise<Directory | undefined> {
  const row = await reader.db
    .selectFrom('directories')
    .select(columns)
    .where('organization_id', '=', reader.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  return row && toDirectory(row)
}

/** A page of the organization's directories by id. */
export async function listDirectories(
  reader: Reader,
  page: { after: string | undefined; limit: number },
): Promise<Directory[]> {
  let query = reader.db
    .selectFrom('directories')
    .select(columns)
    .where('organization_id', '=', reader.organizationId)
    .orderBy('directory_id')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('directory_id', '>', page.after)
  return (await query.execute()).map(toDirectory)
}

/**
 * Changes a directory; what is undefined stays, flags that are not named included. A flag that is null is as the profile
 * says again. Undefined when there is no such directory.
 */
export async function updateDirectory(
  tx: Transaction,
  directoryId: string,
  changes: { name?: string; scimProfile?: 'compatible' | 'strict'; scimFlags?: ScimFlags<null> },
): Promise<Directory | undefined> {
  const { name, scimProfile, scimFlags } = changes
  const row = await tx.db
    .updateTable('directories')
    .set({ name, scim_profile: scimProfile, scim_flags: scimFlags && writtenFlags(scimFlags), updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .returning(columns)
    .executeTakeFirst()
  if (row === undefined) return undefined
  await appendAudit(tx, { action: 'directory.update', target: directoryId, detail: { ...changes } })
  return toDirectory(row)
}

/** The first use of a directory's credentials: PENDING becomes ACTIVE, once, with its event. */
export async function activateDirectory(tx: Transaction, directoryId: string): Promise<void> {
  const row = await tx.db
    .updateTable('directories')
    .set({ status: 'ACTIVE', activated_at: new Date(), updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('status', '=', 'PENDING')
    .returning('directory_id')
    .executeTakeFirst()
  if (row === undefined) return
  const directory = await directoryReference(tx, directoryId)
  tx.append([{ type: 'directory.activated', directoryId, subjectId: directoryId, data: { directory } }])
}

/**
 * Deletes a directory, all it holds and its tokens. One `directory.deleted`, then the events of its people, who are
 * settled from their other directories. False when there is no such directory.
 */
export async function deleteDirectory(tx: Transaction, directoryId: string): Promise<boolean> {
  // Whoever adds something to it from now on waits for the end, and finds it gone.
  const found = await sql`SELECT FROM directories WHERE organization_id = ${tx.organizationId}
    AND directory_id = ${directoryId} FOR UPDATE`.execute(tx.db)
  if (found.rows.length === 0) return false
  const directory = await directoryReference(tx, directoryId)
  tx.append([{ type: 'directory.deleted', directoryId, subjectId: directoryId, data: { directory } }])
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  // A large directory takes longer than any request may: lift the limit for this one transaction.
  await sql`SET LOCAL statement_timeout = 0`.execute(tx.db)
  await sql`DELETE FROM memberships WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM directory_groups WHERE ${here}`.execute(tx.db)
  const users = await sql<{ directory_user_id: string }>`
    DELETE FROM directory_users WHERE ${here} RETURNING directory_user_id`.execute(tx.db)
  await settlePeople(
    tx,
    directoryId,
    users.rows.map((row) => row.directory_user_id),
  )
  await sql`DELETE FROM credential_routes WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM directory_tokens WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM directory_routes WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM scim_requests WHERE ${here}`.execute(tx.db)
  await sql`DELETE FROM directories WHERE ${here}`.execute(tx.db)
  await appendAudit(tx, { action: 'directory.delete', target: directoryId })
  return true
}

/**
 * Stops a directory from taking anything in, or lets it again: it is then what it was, PENDING before its first use.
 * Undefined when there is no such directory; no change, and nothing in the audit trail, when it is paused (or is not)
 * already.
 */
export async function setDirectoryPaused(
  tx: Transaction,
  directoryId: string,
  paused: boolean,
): Promise<Directory | undefined> {
  const resumed = sql<DirectoryStatus>`CASE WHEN activated_at IS NULL THEN 'PENDING' ELSE 'ACTIVE' END`
  const row = await tx.db
    .updateTable('directories')
    .set({ status: paused ? 'PAUSED' : resumed, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('status', paused ? '<>' : '=', 'PAUSED')
    .returning(columns)
    .executeTakeFirst()
  if (row === undefined) return findDirectory(tx, directoryId)
  await appendAudit(tx, { action: paused ? 'directory.pause' : 'directory.resume', target: directoryId })
  return toDirectory(row)
}

function toDirectory(row: {
  directory_id: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
  scim_profile: 'compatible' | 'strict'
  scim_flags: Record<string, unknown>
  error_message: string | null
  created_at: Date
  updated_at: Date
}): Directory {
  return {
    directoryId: row.directory_id,
    name: row.name,
    type: row.type,
    status: row.status,
    scimProfile: row.scim_profile,
    scimFlags: readFlags(row.scim_flags),
    errorMessage: row.error_message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
