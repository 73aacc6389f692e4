import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { settlePersons } from '../people/settling/settle-persons.ts'

/** Looks anew for the managers of people whose managers these are: the directory may not lead to them any more. Answers as `settlePersons`. */
export async function settleReports(
  tx: Transaction,
  directoryId: string,
  managerIds: readonly string[],
): ReturnType<typeof settlePersons> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT DISTINCT report.user_id FROM json_array_elements_text(${JSON.stringify(managerIds)}::json) AS asked (id)
    CROSS JOIN LATERAL (SELECT user_id FROM users WHERE organization_id = ${tx.organizationId}
      AND manager_id = asked.id::uuid OFFSET 0) report`,
  )
  const reports = rows.map((row) => row.user_id)
  return settlePersons(tx, reports, { directoryId, steady: true })
}
