import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../../database/transaction.ts'

/** A run over a directory. */
export interface RunOfDirectory {
  runId: string
  directoryId: string
}

/** What a run was told last of each user and group; that somebody is there says less than anything that was read of it. */
export function latestRecords({ organizationId }: Transaction, { runId }: RunOfDirectory): RawBuilder<unknown> {
  return sql`
    SELECT DISTINCT ON (kind, source_id) kind, source_id, effect, hash, name_key, reference_keys,
      CASE WHEN kind = 'group' THEN record ->> 'members' END AS members
    FROM sync_stage_records WHERE organization_id = ${organizationId} AND run_id = ${runId}
    ORDER BY kind, source_id, effect = 'present', position DESC`
}

/** What a run was told last of each membership. */
export function latestEdges({ organizationId }: Transaction, { runId }: RunOfDirectory): RawBuilder<unknown> {
  return sql`
    SELECT DISTINCT ON (group_source_id, member_key, by_reference) group_source_id, member_key, by_reference, effect
    FROM sync_stage_edges WHERE organization_id = ${organizationId} AND run_id = ${runId}
    ORDER BY group_source_id, member_key, by_reference, position DESC`
}

/** The changes of users and groups that are planned so far. */
export function plannedRecords({ organizationId }: Transaction, { runId }: RunOfDirectory): RawBuilder<unknown> {
  return sql`SELECT kind, effect, source_id, resource_id FROM sync_changes WHERE organization_id = ${organizationId}
    AND run_id = ${runId} AND kind <> 'membership'`
}

/** The rows of a table that are the directory's. */
export function ofDirectory(
  { organizationId }: Transaction,
  { directoryId }: Pick<RunOfDirectory, 'directoryId'>,
  alias?: string,
): RawBuilder<unknown> {
  const column = (name: string) => sql.ref(alias === undefined ? name : `${alias}.${name}`)
  return sql`${column('organization_id')} = ${organizationId} AND ${column('directory_id')} = ${directoryId}`
}
