import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import { callOffRun, stopWrites } from '../syncs/call-off-run.ts'
import { makeDue, makeIdle } from '../syncs/due-time.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import { type Directory, directoryColumns, toDirectory } from './directory.ts'
import { directoryReference } from './directory-reference.ts'
import { type ScimFlags, writtenFlags } from './scim-flags.ts'

interface DirectoryDraft {
  name: string
  type: DirectoryType
  scimProfile: 'compatible' | 'strict'
  isTest?: boolean
  /** Nothing is taken in until it is resumed. */
  isPaused?: boolean
}

/** Creates a directory. One that is read is due at once, unless it is paused; its configuration must come with it. */
export async function createDirectory(tx: Transaction, options: DirectoryDraft): Promise<Directory> {
  const directoryId = newUuid()
  await tx.db
    .insertInto('directories')
    .values({
      organization_id: tx.organizationId,
      directory_id: directoryId,
      name: options.name,
      type: options.type,
      scim_profile: options.scimProfile,
      is_test: options.isTest ?? false,
      ...(options.isPaused && { status: 'PAUSED' }),
    })
    .execute()
  await tx.db
    .insertInto('directory_routes')
    .values({ organization_id: tx.organizationId, directory_id: directoryId })
    .execute()
  if (options.type !== 'SCIM') await addSync(tx, directoryId, options)
  appendAudit(tx, { action: 'directory.create', target: directoryId, detail: { type: options.type } })
  const created = await findDirectory(tx, directoryId)
  if (created === undefined) throw new Error('A directory is gone right after its creation')
  return created
}

async function addSync(tx: Transaction, directoryId: string, { isPaused }: DirectoryDraft): Promise<void> {
  const ids = { organization_id: tx.organizationId, directory_id: directoryId }
  await tx.db.insertInto('directory_syncs').values(ids).execute()
  await tx.db
    .insertInto('sync_routes')
    .values({ ...ids, due_at: isPaused ? null : new Date() })
    .execute()
}

export async function findDirectory(reader: Reader, directoryId: string): Promise<Directory | undefined> {
  const row = await reader.db
    .selectFrom('directories')
    .select(directoryColumns(reader))
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
    .select(directoryColumns(reader))
    .where('organization_id', '=', reader.organizationId)
    .orderBy('directory_id')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('directory_id', '>', page.after)
  return (await query.execute()).map(toDirectory)
}

/** A page of the organization's test directories, the newest first. */
export async function listTestDirectories(
  reader: Reader,
  page: { after: string | undefined; limit: number },
): Promise<Directory[]> {
  let query = reader.db
    .selectFrom('directories')
    .select(directoryColumns(reader))
    .where('organization_id', '=', reader.organizationId)
    .where('is_test', '=', true)
    .orderBy('directory_id', 'desc')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('directory_id', '<', page.after)
  return (await query.execute()).map(toDirectory)
}

export interface DirectoryChanges {
  name?: string
  scimProfile?: 'compatible' | 'strict'
  scimFlags?: ScimFlags<null>
  /** Null: silence is no alarm. */
  silentAfterHours?: number | null
}

/**
 * Changes a directory; what is undefined stays, flags that are not named included. A flag that is null is as the profile
 * says again. Undefined when there is no such directory.
 */
export async function updateDirectory(
  tx: Transaction,
  directoryId: string,
  changes: DirectoryChanges,
): Promise<Directory | undefined> {
  const { name, scimProfile, scimFlags, silentAfterHours } = changes
  const row = await tx.db
    .updateTable('directories')
    .set({
      name,
      scim_profile: scimProfile,
      scim_flags: scimFlags && writtenFlags(scimFlags),
      silent_after_hours: silentAfterHours,
      updated_at: new Date(),
    })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .returning(directoryColumns(tx))
    .executeTakeFirst()
  if (row === undefined) return undefined
  const detail = describeChanges(changes, ['scimProfile', 'scimFlags', 'silentAfterHours'])
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
 * Stops a directory from taking anything in, or lets it again: it is then what it was, PENDING before its first use, or
 * still in error. A sync that waits or is under way is called off, and none begins by itself; resumed, it is read at once.
 * Undefined when there is no such directory; no change, and nothing in the audit trail, when it is paused (or is not)
 * already.
 */
export async function setDirectoryPaused(
  tx: Transaction,
  directoryId: string,
  paused: boolean,
): Promise<Directory | undefined> {
  const resumed = sql<DirectoryStatus>`CASE WHEN error_since IS NOT NULL THEN 'ERROR'
    WHEN activated_at IS NULL THEN 'PENDING' ELSE 'ACTIVE' END`
  if (paused) await stopWrites(tx, directoryId)
  const row = await tx.db
    .updateTable('directories')
    .set({ status: paused ? 'PAUSED' : resumed, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('status', paused ? '<>' : '=', 'PAUSED')
    .returning(directoryColumns(tx))
    .executeTakeFirst()
  if (row === undefined) return findDirectory(tx, directoryId)
  appendAudit(tx, { action: paused ? 'directory.pause' : 'directory.resume', target: directoryId })
  if (row.type === 'SCIM') return toDirectory(row)
  if (paused) {
    await callOffRun(tx, directoryId, ['sync'])
    await makeIdle(tx, directoryId)
  } else await makeDue(tx, directoryId)
  return findDirectory(tx, directoryId)
}
