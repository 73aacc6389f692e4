import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { TurnedLink } from './turn-links.ts'

/** Drops the links of directory users that are gone, unless they wait; no statement when there are none. */
export async function dropLinks(tx: Transaction, directoryId: string, links: readonly TurnedLink[]): Promise<void> {
  const ids = links.filter((link) => link.lost && !link.active).map((link) => link.directory_user_id)
  if (ids.length === 0) return
  await send(
    tx.db,
    sql`
    DELETE FROM user_links WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', ids)}`,
  )
}
