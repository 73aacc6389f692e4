import type { Provided } from '@muster/people'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { directoryReference } from '../organizations/directory-reference.ts'
import { peopleByIds } from '../people/settling/concerned.ts'
import { mergePeople } from '../people/settling/merge-people.ts'
import { moveClaims } from '../people/settling/move-claims.ts'
import { appendPersonEvents, type SettledPerson } from '../people/telling/person-events.ts'

interface Forgetting {
  userId: string
  /** As the undone run brought them. */
  values: Provided
}

interface PersonRow {
  user_id: string
  attributes: Provided
  manager_id: string | null
}

/**
 * Takes values from people that only the undone run brought: what nobody provides stays otherwise. Whatever another directory or an
 * administrator says comes into their place, with the event of it. Whoever no directory holds keeps everything. Answers with the people as they are now.
 */
export async function forgetValues(
  tx: Transaction,
  directoryId: string,
  forgotten: readonly Forgetting[],
): Promise<Map<string, SettledPerson>> {
  if (forgotten.length === 0) return new Map()
  const valuesOf = new Map(forgotten.map(({ userId, values }) => [userId, values]))
  const people = peopleByIds([...valuesOf.keys()])
  const present = await lockHeld(tx, people)
  const rest = present.map((row) => without(row, valuesOf.get(row.user_id) ?? {}))
  await send(
    tx.db,
    sql`
    INSERT INTO users AS u (organization_id, user_id, state, attributes, manager_id)
    SELECT ${tx.organizationId}::uuid, user_id, 'inactive', attributes, manager_id
    FROM json_to_recordset(${JSON.stringify(rest)}) AS rest (user_id uuid, attributes jsonb, manager_id uuid)
    ON CONFLICT (organization_id, user_id) DO UPDATE SET attributes = excluded.attributes,
      manager_id = excluded.manager_id, updated_at = now()`,
  )
  const merged = await mergePeople(tx, peopleByIds(present.map((row) => row.user_id)), { steady: true })
  const before = new Map(present.map((row) => [row.user_id, row]))
  const rows = merged.map((row) => {
    const { attributes = row.before_attributes, manager_id: manager = null } = before.get(row.user_id) ?? {}
    return { ...row, before_attributes: attributes, before_manager_id: manager }
  })
  await moveClaims(tx, rows)
  const about = { tx, directoryId, directory: await directoryReference(tx, directoryId) }
  const unturned = { isFresh: false, isLost: false, roles: undefined }
  return new Map(rows.map((row) => [row.user_id, appendPersonEvents(about, row, unturned)]))
}

function lockHeld(tx: Transaction, people: ReturnType<typeof peopleByIds>): Promise<PersonRow[]> {
  return send(
    tx.db,
    sql<PersonRow>`
    SELECT person.* FROM (SELECT DISTINCT user_id FROM (${people}) asked ORDER BY user_id) concerned
    CROSS JOIN LATERAL (
      SELECT user_id, attributes, manager_id FROM users WHERE organization_id = ${tx.organizationId}
        AND user_id = concerned.user_id FOR NO KEY UPDATE) person
    WHERE EXISTS (SELECT FROM user_links WHERE organization_id = ${tx.organizationId}
      AND user_id = concerned.user_id OFFSET 0)`,
  )
}

function without({ user_id, attributes, manager_id: manager }: PersonRow, values: Provided): PersonRow {
  const kept = Object.entries(attributes).filter(([name, value]) => values[name] !== value)
  const isManaged = values.managerKey === undefined || attributes.managerKey !== values.managerKey
  return { user_id, attributes: Object.fromEntries(kept), manager_id: isManaged ? manager : null }
}
