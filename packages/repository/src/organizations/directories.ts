import { newUuid } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
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
  /** Over the default of the type, and as far as they differ from theirs: see packages/people. */
  mapping: JsonObject
  syncFilters: JsonObject
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
  'mapping',
  'sync_filters',
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
  appendAudit(tx, { action: 'directory.create', target: directoryId, detail: { type: options.type } })
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
  const detail = describeChanges(changes, ['scimProfile', 'scimFlags'])
  appendAudit(tx, { action: 'directory.update', target: directoryId, detail })
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
  appendAudit(tx, { action: paused ? 'directory.pause' : 'directory.resume', target: directoryId })
  return toDirectory(row)
}

function toDirectory(row: {
  directory_id: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
  scim_profile: 'compatible' | 'strict'
  scim_flags: Record<string, unknown>
  mapping: JsonObject
  sync_filters: JsonObject
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
    mapping: row.mapping,
    syncFilters: row.sync_filters,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
