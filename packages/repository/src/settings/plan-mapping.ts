import { type AttributeChanges, attributeChanges, type Mapping, type Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { type Reader, read } from '../database/read.ts'
import { send } from '../database/send.ts'
import { derivedColumns } from '../directory-users/columns.ts'
import type { DirectorySettings } from './directory-settings.ts'
import { loadBasis } from './plan-basis.ts'

const pageRows = 2_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

/** What a draft of a mapping makes of the users that a directory holds, as far as they were looked at. */
export interface MappingTrial {
  /** Users looked at, and those of them who would provide something else. */
  users: number
  differing: number
  /** Attribute → users of whom it would be another, new, or gone. */
  attributes: Record<string, { changed: number; gained: number; lost: number }>
  /** The first who differ. */
  sample: { directoryUserId: string; userId: string | null; userName: string | null; changes: AttributeChanges }[]
  /** False: the time was up before all were looked at. */
  isComplete: boolean
}

interface UserRow {
  directory_user_id: string
  user_id: string | null
  resource: JsonObject
  active: boolean
  mapped: Provided
}

/**
 * Applies a draft of a directory's mapping to the stored users and saves nothing. Undefined when there is no directory of
 * this id. The deadline is in milliseconds from now.
 */
export async function tryMapping(
  database: Database,
  scope: OrganizationScope,
  { directoryId, mapping }: { directoryId: string; mapping: Mapping },
  { sampleMax, deadlineMilliseconds }: { sampleMax: number; deadlineMilliseconds: number },
): Promise<MappingTrial | undefined> {
  const deadline = performance.now() + deadlineMilliseconds
  const basis = await read(database, scope, (reader) => loadBasis(reader, { directoryId, mapping }))
  const settings = basis?.affected.get(directoryId)
  if (settings === undefined) return undefined
  const trial: MappingTrial = { users: 0, differing: 0, attributes: {}, sample: [], isComplete: false }
  for (let after = beforeAll; performance.now() < deadline; ) {
    const from = after
    const rows = await read(database, scope, (reader) => nextUsers(reader, directoryId, from))
    for (const row of rows) note(trial, row, settings, sampleMax)
    if (rows.length < pageRows) return { ...trial, isComplete: true }
    after = rows.at(-1)?.directory_user_id ?? after
  }
  return trial
}

function note(trial: MappingTrial, row: UserRow, settings: DirectorySettings, sampleMax: number): void {
  const { mapped } = derivedColumns({ document: row.resource, active: row.active, before: row.mapped }, settings)
  const changes = attributeChanges(row.mapped, mapped)
  const entries = Object.entries(changes)
  trial.users += 1
  if (entries.length === 0) return
  trial.differing += 1
  for (const [name, { from, to }] of entries) {
    trial.attributes[name] ??= { changed: 0, gained: 0, lost: 0 }
    trial.attributes[name][from === null ? 'gained' : to === null ? 'lost' : 'changed'] += 1
  }
  if (trial.sample.length === sampleMax) return
  const { directory_user_id: directoryUserId, user_id: userId } = row
  trial.sample.push({ directoryUserId, userId, userName: row.mapped.username ?? null, changes })
}

function nextUsers({ organizationId, db }: Reader, directoryId: string, after: string): Promise<UserRow[]> {
  const here = sql`organization_id = ${organizationId} AND directory_id = ${directoryId}`
  return send(
    db,
    sql`
    SELECT u.directory_user_id, u.resource, u.active, u.mapped, l.user_id
    FROM (
      SELECT * FROM directory_users WHERE ${here} AND directory_user_id > ${after}
      ORDER BY directory_user_id LIMIT ${sql.lit(pageRows)}
    ) u
    LEFT JOIN LATERAL (
      SELECT user_id FROM user_links WHERE ${here} AND directory_user_id = u.directory_user_id OFFSET 0) l ON true
    ORDER BY u.directory_user_id`,
  )
}
