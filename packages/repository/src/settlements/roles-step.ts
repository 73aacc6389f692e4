import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { settleMappedRoles } from '../roles/settle-mapped-roles.ts'
import type { StepInput, StepOutcome } from './step.ts'

/** People that one piece takes: about a second's work. */
const peopleTogether = 2_000

/** Derives the roles of the next people of the organization anew. */
export async function settleRolesOfPeople(tx: Transaction, { after }: StepInput): Promise<StepOutcome> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT user_id FROM users WHERE organization_id = ${tx.organizationId} AND user_id > ${after.id ?? beforeAll}
    ORDER BY user_id LIMIT ${peopleTogether}`,
  )
  const ids = rows.map((row) => row.user_id)
  await settleMappedRoles(tx, ids)
  const last = ids.at(-1)
  return { done: ids.length, next: last === undefined ? undefined : { directoryId: null, id: last } }
}

const beforeAll = '00000000-0000-0000-0000-000000000000'
