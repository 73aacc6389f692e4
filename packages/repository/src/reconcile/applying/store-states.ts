import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { derivedColumns } from '../../directory-users/columns.ts'
import { settingsOf } from '../../settings/directory-settings.ts'
import type { KnownUser } from './known-users.ts'

/** Users that turn, their documents staying as they are. */
interface TurnedUser {
  user: KnownUser
  active: boolean
}

/** Makes users active or not, with what follows for filters, and a new version each. No statement for none. */
export async function storeStates(tx: Transaction, directoryId: string, turned: readonly TurnedUser[]): Promise<void> {
  if (turned.length === 0) return
  const settings = await settingsOf(tx, directoryId)
  const rows = turned.map(({ user, active }) => {
    const { selected } = derivedColumns({ document: user.document, active, before: user.mapped }, settings)
    return { directory_user_id: user.directoryUserId, active, selected }
  })
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(
    tx.db,
    sql`
    INSERT INTO directory_users AS u (organization_id, directory_id, directory_user_id, user_name_key, active, selected, resource, mapped)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, known.directory_user_id, known.user_name_key, turned.active,
      turned.selected, known.resource, known.mapped
    FROM json_to_recordset(${JSON.stringify(rows)}) AS turned (directory_user_id uuid, active boolean, selected boolean)
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE ${here} AND directory_user_id = turned.directory_user_id OFFSET 0) known
    ON CONFLICT (organization_id, directory_id, directory_user_id) DO UPDATE
      SET active = excluded.active, selected = excluded.selected, version = u.version + 1, updated_at = now()`,
  )
}
