import type { Provided } from '@muster/people'
import { type JsonObject, sameJson } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { derivedColumns } from '../directory-users/columns.ts'
import type { GuardMode } from '../holds/guard-mode.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { settingsOf } from '../settings/directory-settings.ts'
import type { Position, StepInput, StepOutcome } from './step.ts'

/** Directory users that one piece takes: about a second's work. */
const usersTogether = 2_000

/**
 * Derives the next users of a directory anew: what their documents mean under the settings of today, then their people.
 * Removals wait in the settlement's hold; without one they are carried out: the change was judged as a whole before.
 */
export async function settleDirectoryUsers(tx: Transaction, input: StepInput): Promise<StepOutcome> {
  const page = await nextUsers(tx, input)
  const [first] = page
  if (first === undefined) return { done: 0, next: undefined }
  const directoryId = first.directory_id
  const users = await lockUsers(
    tx,
    directoryId,
    page.filter((row) => row.directory_id === directoryId).map(({ id }) => id),
  )
  await storeDerived(tx, directoryId, users)
  const guard = await modeOf(tx, directoryId, input)
  await settlePeople(
    tx,
    directoryId,
    users.map(({ id }) => id),
    { guard, quiet: true },
  )
  return { done: users.length, next: { directoryId, id: users.at(-1)?.id ?? first.id } }
}

/**
 * Removals wait in the settlement's hold, unless that was approved meanwhile. One without a hold may meet what another
 * one has not put into its own yet.
 */
async function modeOf(tx: Transaction, directoryId: string, { holdId }: StepInput): Promise<GuardMode> {
  const [hold] = await send(
    tx.db,
    sql<{ hold_id: string }>`
    SELECT hold_id FROM holds WHERE organization_id = ${tx.organizationId} AND status <> 'approved'
      AND hold_id = COALESCE(${holdId}::uuid, (
        SELECT hold_id FROM settlements WHERE organization_id = ${tx.organizationId} AND kind = 'directory_users'
          AND status = 'running' AND hold_id IS NOT NULL AND (directory_id IS NULL OR directory_id = ${directoryId})
        ORDER BY settlement_id LIMIT 1))`,
  )
  return hold === undefined ? { kind: 'apply' } : { kind: 'hold', holdId: hold.hold_id }
}

function nextUsers(
  tx: Transaction,
  { directoryId, after }: StepInput,
): Promise<{ directory_id: string; id: string }[]> {
  const start: Position = { directoryId: after.directoryId ?? directoryId ?? beforeAll, id: after.id ?? beforeAll }
  return send(
    tx.db,
    sql`
    SELECT directory_id, directory_user_id AS id FROM directory_users
    WHERE organization_id = ${tx.organizationId} AND (directory_id, directory_user_id) > (${start.directoryId}, ${start.id})
      AND directory_id <= ${directoryId ?? behindAll}
    ORDER BY directory_id, directory_user_id LIMIT ${usersTogether}`,
  )
}

const beforeAll = '00000000-0000-0000-0000-000000000000'
const behindAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

interface LockedRow {
  id: string
  resource: JsonObject
  active: boolean
  mapped: Provided
  selected: boolean
}

/** In order of id, as whoever changes users does. */
function lockUsers(tx: Transaction, directoryId: string, ids: readonly string[]): Promise<LockedRow[]> {
  return send(
    tx.db,
    sql<LockedRow>`
    SELECT u.* FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT directory_user_id AS id, resource, active, mapped, selected FROM directory_users
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = given.id::uuid FOR NO KEY UPDATE) u`,
  )
}

/** Writes what came out otherwise than before; no statement when nothing did. The document stays in its version. */
async function storeDerived(tx: Transaction, directoryId: string, users: readonly LockedRow[]): Promise<void> {
  const settings = await settingsOf(tx, directoryId)
  const changed = users.flatMap(({ id, resource, active, mapped, selected }) => {
    const derived = derivedColumns({ document: resource, active, before: mapped }, settings)
    return derived.selected === selected && sameJson(derived.mapped, mapped) ? [] : [{ id, ...derived }]
  })
  if (changed.length === 0) return
  await send(
    tx.db,
    sql`
    INSERT INTO directory_users AS u (organization_id, directory_id, directory_user_id, user_name_key, active, resource,
      mapped, selected)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, known.directory_user_id, known.user_name_key, known.active,
      known.resource, changed.mapped, changed.selected
    FROM json_to_recordset(${JSON.stringify(changed)}) AS changed (id uuid, mapped jsonb, selected boolean)
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = changed.id OFFSET 0) known
    ON CONFLICT (organization_id, directory_id, directory_user_id)
      DO UPDATE SET mapped = excluded.mapped, selected = excluded.selected`,
  )
}
