import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { peopleByIds } from '../people/settling/concerned.ts'
import { lockPeople } from '../people/settling/lock-people.ts'
import type { RoleRow } from '../people/settling/settle-roles.ts'
import { tellRoles } from './tell-roles.ts'

/** What became of a role given or taken by hand, and the user as every surface shows it. */
export interface ManualRole {
  changed: boolean
  user: Record<string, unknown>
}

/**
 * Gives a person a role by hand, beside what its groups give. Not `changed` when it had it by hand already; undefined
 * when there is no such person. The caller has seen that the role is one (`isRoleId`).
 */
export function assignRole(tx: Transaction, userId: string, roleId: string): Promise<ManualRole | undefined> {
  return changeRole(tx, userId, roleId, {
    action: 'user.assign_role',
    effect: 'added',
    statement: sql`
      INSERT INTO user_roles (organization_id, user_id, role_id, source)
      SELECT organization_id, user_id, ${roleId}, 'manual' FROM users
      WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}
      ON CONFLICT (organization_id, user_id, role_id, source) DO NOTHING RETURNING role_id`,
  })
}

/**
 * Takes a role that was given by hand; it stays as far as groups give it. Not `changed` when it was not given by hand;
 * undefined when there is no such person.
 */
export function removeRole(tx: Transaction, userId: string, roleId: string): Promise<ManualRole | undefined> {
  return changeRole(tx, userId, roleId, {
    action: 'user.remove_role',
    effect: 'removed',
    statement: sql`
      DELETE FROM user_roles WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}
        AND role_id = ${roleId} AND source = 'manual' RETURNING role_id`,
  })
}

interface Change {
  action: string
  effect: 'added' | 'removed'
  statement: ReturnType<typeof sql>
}

async function changeRole(
  tx: Transaction,
  userId: string,
  roleId: string,
  { action, effect, statement }: Change,
): Promise<ManualRole | undefined> {
  const people = peopleByIds([userId])
  const [locked, had, done] = await pipelined(
    lockPeople(tx, people),
    send(
      tx.db,
      sql<RoleRow>`
      SELECT 'had' AS effect, user_id, role_id, source FROM user_roles
      WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}`,
    ),
    send(tx.db, statement),
  )
  if (locked.length === 0) return undefined
  const changed = done.length > 0
  const rows = changed ? [...had, { effect, user_id: userId, role_id: roleId, source: 'manual' }] : had
  if (changed) appendAudit(tx, { action, target: userId, detail: { roleId } })
  const user = (await tellRoles(tx, people, rows)).get(userId)
  return user && { changed, user }
}
