import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { MergedRow } from './merge-people.ts'

/** Drops the links of directory users that are gone; no statement when all are there. */
export async function dropLinks(tx: Transaction, directoryId: string, merged: readonly MergedRow[]): Promise<void> {
  const ids = merged.filter((row) => row.lost).map((row) => row.directory_user_id)
  if (ids.length === 0) return
  await send(
    tx.db,
    sql`
    DELETE FROM user_links WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', ids)}`,
  )
}
