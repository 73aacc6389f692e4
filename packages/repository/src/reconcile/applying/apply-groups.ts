import { comparisonKey, sameJson } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { MemberChanges } from '../../directory-groups/member-changes.ts'
import { type StoredGroup, type StoredRow, storedColumns, toStoredGroup } from '../../directory-groups/stored-group.ts'
import { type GroupChange, storeGroups } from '../../people/settling/settle-groups.ts'
import { settleMembers } from '../../people/settling/settle-members.ts'
import type { SaidGroup } from '../staged-page.ts'
import type { Applying, Change } from './batch.ts'
import { lockKnownGroups } from './known-groups.ts'
import { noteBefore } from './note-before.ts'
import { readStaged, type Staged } from './read-staged.ts'
import { rememberRecords } from './remember-records.ts'

/** Makes groups what the source says; nobody joins or leaves one by that, unless its name decides about people. */
export async function applyGroups(tx: Transaction, applying: Applying, batch: readonly Change[]): Promise<void> {
  const { directoryId } = applying
  const known = await lockKnownGroups(tx, directoryId, ids(batch.filter(({ effect }) => effect !== 'create')))
  const staged = await readStaged<SaidGroup>(tx, applying, batch)
  const differing = batch.filter(({ resourceId }) => {
    const [read, before] = [staged.get(resourceId), known.get(resourceId)?.group]
    return read !== undefined && (before === undefined || groupDiffers(read.said, before))
  })
  const stored = await storeDirectoryGroups(tx, directoryId, differing, staged)
  tx.count(directoryId, 'groups', stored.filter(({ directoryGroupId: id }) => !known.has(id)).length)
  const changes = stored.map((group) => ({ group, before: known.get(group.directoryGroupId)?.group }))
  await settleRenamed(tx, applying, await storeGroups(tx, directoryId, changes))
  await rememberGroups(tx, applying, batch, staged)
  const versions = new Map(stored.map(({ directoryGroupId, version }) => [directoryGroupId, version]))
  await noteBefore(
    tx,
    applying,
    batch.flatMap((change) => {
      const before = known.get(change.resourceId)
      if (before === undefined) return []
      return [{ change, before: { ...before }, version: versions.get(change.resourceId) ?? before.group.version }]
    }),
  )
}

function groupDiffers({ name, attributes }: SaidGroup, before: StoredGroup): boolean {
  return name !== before.displayName || !sameJson(attributes, before.document)
}

async function storeDirectoryGroups(
  tx: Transaction,
  directoryId: string,
  changes: readonly Change[],
  staged: ReadonlyMap<string, Staged<SaidGroup>>,
): Promise<StoredGroup[]> {
  if (changes.length === 0) return []
  const drafts = changes.flatMap(({ resourceId, sourceId }) => {
    const read = staged.get(resourceId)
    if (read === undefined) return []
    const { name, attributes } = read.said
    return [
      {
        directory_group_id: resourceId,
        display_name: name,
        display_name_key: comparisonKey(name),
        external_id: sourceId,
        resource: attributes,
      },
    ]
  })
  return storeGroupRows(tx, directoryId, drafts)
}

/** A group of a directory that is read; two of them may have one name. */
interface GroupDraft {
  directory_group_id: string
  display_name: string
  display_name_key: string
  external_id: string | null
  resource: StoredGroup['document']
}

/** Stores groups, with a new version each. */
export async function storeGroupRows(
  tx: Transaction,
  directoryId: string,
  drafts: readonly GroupDraft[],
): Promise<StoredGroup[]> {
  const rows = await send(
    tx.db,
    sql<StoredRow>`
    INSERT INTO directory_groups AS g (organization_id, directory_id, directory_group_id, display_name, display_name_key,
      unique_name, external_id, resource)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_group_id, display_name, display_name_key, false,
      external_id, resource
    FROM json_to_recordset(${JSON.stringify(drafts)}) AS draft (directory_group_id uuid, display_name text,
      display_name_key text, external_id text, resource jsonb)
    ON CONFLICT (organization_id, directory_id, directory_group_id) DO UPDATE SET display_name = excluded.display_name,
      display_name_key = excluded.display_name_key, external_id = excluded.external_id, resource = excluded.resource,
      version = g.version + 1, updated_at = now()
    RETURNING ${sql.join(storedColumns.map((column) => sql.ref(column)))}`,
  )
  return rows.map(toStoredGroup)
}

/** Filters and role mappings may go by the name of a group. */
async function settleRenamed(tx: Transaction, { staged }: Applying, seen: readonly GroupChange[]): Promise<void> {
  const nobody = new MemberChanges()
  for (const { group, before } of seen) {
    if (before === undefined || before.displayNameKey === group.displayNameKey) continue
    const mode = { kind: 'hold', holdId: staged.memberships } as const
    await settleMembers(tx, group, nobody, { renaming: { before, group }, mode })
  }
}

async function rememberGroups(
  tx: Transaction,
  applying: Applying,
  batch: readonly Change[],
  staged: ReadonlyMap<string, Staged<SaidGroup>>,
): Promise<void> {
  const records = batch.flatMap(({ resourceId, sourceId }) => {
    const read = staged.get(resourceId)
    if (read === undefined || sourceId === null) return []
    const { hash, referenceKeys } = read
    return [{ kind: 'group' as const, sourceId, resourceId, hash, referenceKeys, active: true }]
  })
  await rememberRecords(tx, applying, records)
}

function ids(changes: readonly Change[]): string[] {
  return changes.map(({ resourceId }) => resourceId)
}
