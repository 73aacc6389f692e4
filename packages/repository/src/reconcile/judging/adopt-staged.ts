import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import type { AskedUser } from '../../people/settling/turn-links.ts'
import { stagedIdsOf } from './staged-removals.ts'

const tables = ['user_links', 'user_groups', 'groups'] as const

/**
 * Of a directory that is deleted in the middle of a run: what the run would take away goes into the hold of the deletion, or is nothing
 * special any more. Answers with the directory users among it that are gone already; whoever deletes settles them, too.
 */
export async function adoptStaged(tx: Transaction, directoryId: string, mode: GuardMode): Promise<AskedUser[]> {
  const staged = Object.values(await stagedIdsOf(tx, directoryId))
  const holdId = mode.kind === 'hold' ? mode.holdId : null
  const marked = (table: string) => sql`
    UPDATE ${sql.table(table)} SET hold_id = ${holdId}::uuid WHERE organization_id = ${tx.organizationId}
      AND hold_id = ANY(${staged}::uuid[])`
  const links = await send(
    tx.db,
    sql<{
      directory_user_id: string
      kept: JsonObject | null
    }>`${marked('user_links')} RETURNING directory_user_id, kept`,
  )
  for (const table of tables.slice(1)) await send(tx.db, marked(table))
  return links.flatMap(({ directory_user_id: id, kept }) => (kept === null ? [] : [{ id, kept }]))
}
