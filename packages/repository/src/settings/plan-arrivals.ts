import type { Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { derivedColumns } from '../directory-users/columns.ts'
import type { PlanBasis } from './plan-basis.ts'
import { passingUsers } from './plan-groups.ts'
import type { PlannedEffect } from './plan-people.ts'

interface CandidateRow {
  directory_id: string
  directory_user_id: string
  active: boolean
  selected: boolean
  mapped: Provided
  /** Null unless documents are read, and of those who have a person. */
  resource: JsonObject | null
  /** Or waits for the hook, or was vetoed: no setting is what keeps it from having one. */
  has_person: boolean
}

/** Of so many users of a directory behind the place `after` those who have no person, and would get one. */
export async function planArrivals(
  reader: Reader,
  basis: PlanBasis,
  directoryId: string,
  page: { after: string; rows: number },
): Promise<{ effects: PlannedEffect[]; next: string | undefined }> {
  const settings = basis.affected.get(directoryId)
  const rows = await loadCandidates(reader, basis, directoryId, page)
  const without = rows.filter((row) => !row.has_person)
  const passing = await passingUsers(reader, basis, without)
  const effects = without.flatMap((row): PlannedEffect[] => {
    const { directory_user_id: directoryUserId, resource: document, active, mapped: before } = row
    if (settings === undefined || !passing.has(directoryUserId)) return []
    const { mapped, selected } = document === null ? row : derivedColumns({ document, active, before }, settings)
    if (!selected) return []
    return [{ effect: 'created', userId: null, directoryUserId, userName: mapped.username ?? null, changes: {} }]
  })
  return { effects, next: rows.length < page.rows ? undefined : rows.at(-1)?.directory_user_id }
}

function loadCandidates(
  { organizationId, db }: Reader,
  { readsDocuments }: PlanBasis,
  directoryId: string,
  { after, rows }: { after: string; rows: number },
): Promise<CandidateRow[]> {
  const here = sql`organization_id = ${organizationId} AND directory_id = ${directoryId}`
  return send(
    db,
    sql`
    SELECT u.directory_id, u.directory_user_id, u.active, u.selected, u.mapped,
      l.user_id IS NOT NULL OR a.user_id IS NOT NULL AS has_person,
      CASE WHEN l.user_id IS NULL AND ${readsDocuments} THEN u.resource END AS resource
    FROM (
      SELECT * FROM directory_users WHERE ${here} AND directory_user_id > ${after} ORDER BY directory_user_id LIMIT ${rows}
    ) u
    LEFT JOIN LATERAL (
      SELECT user_id FROM user_links WHERE ${here} AND directory_user_id = u.directory_user_id OFFSET 0) l ON true
    LEFT JOIN LATERAL (
      SELECT user_id FROM arrivals WHERE ${here} AND directory_user_id = u.directory_user_id OFFSET 0) a ON true
    ORDER BY u.directory_user_id`,
  )
}
