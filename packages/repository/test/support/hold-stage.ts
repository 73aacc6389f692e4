import type { JsonObject } from '@muster/scim'
import type pg from 'pg'
import type { Test } from 'tap'
import {
  approveHold,
  type Database,
  type EventView,
  findHold,
  finishSettlement,
  type Hold,
  listHolds,
  type OrganizationScope,
  read,
  rejectHold,
  transact,
  updateOrganization,
} from '../../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './directory.ts'
import { connect, openInstallation } from './installation.ts'
import { allUsers, eventsDuring } from './reading.ts'

/** Who decides, in these tests. */
export const decider = { kind: 'api', id: 'key_decider' } as const

/** An organization with the guard on, and a directory. */
export interface HoldStage {
  database: Database
  scope: OrganizationScope
  directory: TestDirectory
  superuser: pg.Client
  addDirectory(name: string): Promise<TestDirectory>
}

export async function openHoldStage(t: Test, { guard }: { guard?: JsonObject } = {}): Promise<HoldStage> {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization('Acme', { guarded: true })
  if (guard !== undefined) await setGuard({ database, scope }, guard)
  return {
    database,
    scope,
    directory: await addDirectory(database, scope, 'Okta'),
    superuser: await connect(t, testDatabase.superuserUrl),
    addDirectory: (name) => addDirectory(database, scope, name),
  }
}

type Stage = Pick<HoldStage, 'database' | 'scope'>

export function setGuard({ database, scope }: Stage, guard: JsonObject): Promise<unknown> {
  return transact(database, scope, cause, (tx) => updateOrganization(tx, { guard: guard as never }))
}

export async function addUsers(directory: TestDirectory, count: number, prefix = 'user'): Promise<string[]> {
  const ids = await directory.createUsers(
    Array.from({ length: count }, (_, index) => userDocument(`${prefix}-${index}@acme.test`)),
  )
  return ids.filter((id) => id !== undefined)
}

export function holdsOf({ database, scope }: Stage): Promise<Hold[]> {
  return read(database, scope, (reader) => listHolds(reader, {}, { after: undefined, limit: 100 }))
}

/** The one hold there is, with what waits in it. */
export async function onlyHold(stage: Stage) {
  const [hold, ...others] = await holdsOf(stage)
  if (hold === undefined || others.length > 0) throw new Error(`There are ${others.length + (hold ? 1 : 0)} holds`)
  return waitingIn(stage, hold.holdId)
}

export async function waitingIn({ database, scope }: Stage, holdId: string) {
  const found = await read(database, scope, (reader) => findHold(reader, holdId))
  if (found === undefined) throw new Error('The hold is gone')
  return found
}

/** Approves and waits until everything is done. */
export async function approve({ database, scope }: Stage, holdId: string): Promise<void> {
  const settlementId = await transact(database, scope, decider, (tx) => approveHold(tx, holdId))
  if (settlementId === undefined) throw new Error('There is no such hold')
  const settlement = await finishSettlement(database, scope, settlementId, { deadlineMilliseconds: 60_000 })
  if (settlement?.status !== 'done') throw new Error('The settlement did not end')
}

export function reject({ database, scope }: Stage, holdId: string): Promise<boolean> {
  return transact(database, scope, decider, (tx) => rejectHold(tx, holdId))
}

/** What is counted of people, beside what the counts say; no row when they agree. */
export async function miscounted({ superuser }: HoldStage): Promise<unknown[]> {
  const { rows } = await superuser.query(`
    SELECT d.directory_id, counts.active_user_count, counts.membership_count, users.active, members.rows
    FROM directories d LEFT JOIN directory_counts counts USING (organization_id, directory_id)
    CROSS JOIN LATERAL (
      SELECT count(*) AS active FROM user_links l WHERE l.directory_id = d.directory_id AND l.active) users
    CROSS JOIN LATERAL (SELECT count(*) AS rows FROM user_groups g WHERE g.directory_id = d.directory_id) members
    WHERE (coalesce(counts.active_user_count, 0), coalesce(counts.membership_count, 0)) <> (users.active, members.rows)`)
  return rows
}

/** People by email, without what differs from one organization to the next. */
export async function peopleOf({ database, scope }: Stage): Promise<Record<string, unknown>> {
  const users = [...(await allUsers(database, scope)).values()]
  const plain = users.map(({ email, state, groups, roles, profile }) => {
    const names = (groups as { name: string }[]).map(({ name }) => name).sort()
    return [String(email), { state, profile, groups: names, roles: (roles as { id: string }[]).map(({ id }) => id) }]
  })
  return Object.fromEntries(plain.sort())
}

export async function statesOf(stage: Stage): Promise<{ active: number; inactive: number }> {
  const states = Object.values(await peopleOf(stage)).map((person) => (person as { state: string }).state)
  const active = states.filter((state) => state === 'active').length
  return { active, inactive: states.length - active }
}

/** How many events there are of each type; one about several people counts for each. */
export function tally(events: readonly EventView[]): Record<string, number> {
  const told = events.map(({ type, data }) => ({
    type,
    count: Math.max(1, (data.userIds as [] | undefined)?.length ?? 1),
  }))
  const counts = new Map<string, number>()
  for (const { type, count } of told) counts.set(type, (counts.get(type) ?? 0) + count)
  return Object.fromEntries([...counts].sort())
}

/** Gives the people of groups of this name a role; straight in the tables, before anybody asks for settings. */
export async function mapRole({ superuser, scope }: HoldStage, groupName: string, roleId: string): Promise<void> {
  await superuser.query(
    `INSERT INTO role_mappings (organization_id, role_mapping_id, group_name, group_name_key, role_ids)
     VALUES ($1, gen_random_uuid(), $2, $2, $3)`,
    [scope.organizationId, groupName, [roleId]],
  )
  await superuser.query(
    `UPDATE organizations SET has_role_mappings = true, settings_version = settings_version + 1
     WHERE organization_id = $1`,
    [scope.organizationId],
  )
}

/** A guard that never steps in. */
export const off = { users: 'off', groups: 'off', memberships: 'off' }

/** Deactivates users one by one. */
export const deactivate = (directory: TestDirectory, ids: readonly string[]) =>
  ids.reduce<Promise<unknown>>(
    (before, id) => before.then(() => directory.patchUser(id, { active: false })),
    Promise.resolve(),
  )

export const during = (stage: HoldStage, work: () => Promise<unknown>) =>
  eventsDuring(stage.database, stage.scope, work)

export const withoutHolds = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([type]) => !type.startsWith('hold.')))
