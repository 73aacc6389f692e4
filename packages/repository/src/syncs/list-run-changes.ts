import { attributeChanges, type Provided } from '@muster/people'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { derivedColumns } from '../directory-users/columns.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import type { DirectorySettings } from '../settings/directory-settings.ts'
import { loadBasis } from '../settings/plan-basis.ts'
import type { SyncEffect } from '../sync-tables.ts'
import { findRun } from './list-runs.ts'
import { type ChangeFacts, readChangeFacts } from './run-change-facts.ts'

/** Where a change is among those of its run. */
export type RunChangePosition = Pick<Change, 'step' | 'resourceId' | 'groupId'>

type Differences = Record<string, { from: unknown; to: unknown }>

/** A user or group that a run is about. Names are null where nothing of them is known any more. */
export interface ChangedUser {
  kind: 'user'
  /** The directory user, and its person when it has one. */
  directoryUserId: string
  userId: string | null
  sourceId: string | null
  name: string | null
}

export interface ChangedGroup {
  kind: 'group'
  groupId: string
  sourceId: string | null
  name: string | null
}

/** What a run changes, or would. `changes`: attributes of the person by name, and `active`; of groups the name. */
export type RunChange =
  | { kind: 'user'; effect: SyncEffect; user: ChangedUser; changes: Differences }
  | { kind: 'group'; effect: SyncEffect; group: ChangedGroup; changes: Differences }
  | { kind: 'membership'; effect: SyncEffect; group: ChangedGroup; member: ChangedUser | ChangedGroup }

/** Before and behind a change. */
interface Sides {
  from: { mapped: Provided; active: boolean } | null
  to: { mapped: Provided; active: boolean } | null
}

/** A row of the list; `isMade`: it is no plan any more. */
type Row = Change & { isMade: boolean }

/**
 * A page of what a run changes, in the order in which it does, each with its position. Of a plan, and of changes that are not made
 * yet, what the source said is compared with what is stored; of changes that are made, what was there with what came of it.
 * Undefined when there is no such run.
 */
export async function listRunChanges(
  reader: Reader,
  runId: string,
  page: { after: RunChangePosition | undefined; limit: number },
): Promise<{ position: RunChangePosition; change: RunChange }[] | undefined> {
  const run = await findRun(reader, runId)
  if (run === undefined) return undefined
  const rows = await nextRows(reader, runId, page)
  const ids = rows.flatMap((row) => (row.kind === 'membership' ? [row.resourceId, row.groupId] : [row.resourceId]))
  const facts = await readChangeFacts(reader, run, [...new Set(ids)])
  const basis = await loadBasis(reader, { directoryId: run.directoryId })
  const settings = basis?.affected.get(run.directoryId)
  return rows.map((row) => ({ position: row, change: toChange(row, facts, settings) }))
}

function nextRows(
  { db, organizationId }: Reader,
  runId: string,
  { after, limit }: { after: RunChangePosition | undefined; limit: number },
): Promise<Row[]> {
  const behind =
    after === undefined
      ? sql`true`
      : sql`(step, resource_id, group_id) > (${after.step}::smallint, ${after.resourceId}::uuid, ${after.groupId}::uuid)`
  return send(
    db,
    sql<Row>`
    SELECT c.step, c.resource_id AS "resourceId", c.group_id AS "groupId", c.kind, c.effect, c.source_id AS "sourceId",
      r.purpose <> 'plan' AND (c.step, c.resource_id, c.group_id) <= (r.after_step, r.after_resource_id, r.after_group_id)
        AS "isMade"
    FROM sync_runs r CROSS JOIN LATERAL (
      SELECT * FROM sync_changes WHERE organization_id = ${organizationId} AND run_id = ${runId} AND ${behind}
      ORDER BY step, resource_id, group_id LIMIT ${limit}) c
    WHERE r.organization_id = ${organizationId} AND r.run_id = ${runId}
    ORDER BY c.step, c.resource_id, c.group_id`,
  )
}

function toChange(
  { kind, effect, resourceId, groupId, isMade }: Row,
  facts: ReadonlyMap<string, ChangeFacts>,
  settings: DirectorySettings | undefined,
): RunChange {
  const own = facts.get(resourceId)
  if (kind === 'user') {
    const changes = userDifferences(effect, own && sidesOf(own, isMade, settings))
    return { kind, effect, user: toUser(resourceId, own), changes }
  }
  if (kind === 'group') {
    return { kind, effect, group: toGroup(resourceId, own), changes: groupDifferences(effect, own, isMade) }
  }
  const member = isGroup(own) ? toGroup(resourceId, own) : toUser(resourceId, own)
  return { kind, effect, group: toGroup(groupId, facts.get(groupId)), member }
}

function sidesOf(
  { user, before, next, said }: ChangeFacts,
  isMade: boolean,
  settings: DirectorySettings | undefined,
): Sides {
  if (isMade) return { from: stateOf(before), to: stateOf(next) ?? user }
  if (said === null || !('userName' in said) || settings === undefined) return { from: user, to: user }
  const { attributes: document, active } = said
  return {
    from: user,
    to: { active, mapped: derivedColumns({ document, active, before: user?.mapped }, settings).mapped },
  }
}

function stateOf(found: ChangeFacts['before']): Sides['from'] {
  const { mapped, active } = found ?? {}
  return mapped === undefined || active === undefined ? null : { mapped, active }
}

/** Who turns is as it is, but for that. */
const turns: Partial<Record<SyncEffect, boolean>> = { deactivate: false, return: true }

function userDifferences(effect: SyncEffect, sides: Sides | undefined): Differences {
  if (sides === undefined || effect === 'delete') return {}
  const { from, to } = sides
  const active = { from: from?.active ?? null, to: turns[effect] ?? to?.active ?? null }
  const isAnother = effect !== 'create' && active.from !== active.to
  return { ...attributeChanges(from?.mapped ?? {}, to?.mapped ?? {}), ...(isAnother && { active }) }
}

function groupDifferences(effect: SyncEffect, facts: ChangeFacts | undefined, isMade: boolean): Differences {
  if (facts === undefined || effect !== 'update') return {}
  const { before, next, said, groupName } = facts
  const planned = said !== null && 'name' in said ? said.name : groupName
  const [from, to] = isMade
    ? [before?.group?.displayName ?? null, next?.group?.displayName ?? groupName]
    : [groupName, planned]
  return from === to ? {} : { name: { from, to } }
}

function isGroup(facts: ChangeFacts | undefined): boolean {
  if (facts === undefined || facts.user !== null) return false
  const { groupName, before, said } = facts
  return groupName !== null || before?.group !== undefined || (said !== null && 'name' in said)
}

function toUser(directoryUserId: string, facts: ChangeFacts | undefined): ChangedUser {
  const { userId = null, sourceId = null, user, before, said } = facts ?? {}
  const { username, email } = user?.mapped ?? before?.mapped ?? {}
  const name = username ?? email ?? (said && 'userName' in said ? said.userName : null)
  return { kind: 'user', directoryUserId, userId, sourceId, name }
}

function toGroup(groupId: string, facts: ChangeFacts | undefined): ChangedGroup {
  const { sourceId = null, groupName, before, said } = facts ?? {}
  const name = groupName ?? before?.group?.displayName ?? (said && 'name' in said ? said.name : null)
  return { kind: 'group', groupId, sourceId, name }
}
