import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryReference } from '../organizations/directory-reference.ts'
import type { HoldReason, RemovalKind } from '../tables.ts'
import { type HoldRow, holdColumns } from './hold.ts'
import { holdEvent } from './hold-events.ts'

interface HoldDraft {
  holdId: string
  /** Null when removals of several directories wait in it. */
  directoryId: string | null
  directory: DirectoryReference | null
  reason: HoldReason
  /** Of what there were too many, and how many. */
  kind: RemovalKind
  removals: number
}

/** Makes a hold, with its event; removals are put into it by whoever judged them. */
export async function openHold(tx: Transaction, draft: HoldDraft): Promise<void> {
  const { holdId, directoryId, directory, reason, kind, removals } = draft
  const [[stored]] = await pipelined(
    send(
      tx.db,
      sql<HoldRow>`
      INSERT INTO holds (organization_id, hold_id, directory_id, reason, cause, tripped, expires_at)
      SELECT organization_id, ${holdId}, ${directoryId}::uuid, ${reason}, ${JSON.stringify(tx.cause)}::jsonb,
        ${JSON.stringify({ kind, removals })}::jsonb, now() + make_interval(hours => hold_expiry_hours)
      FROM organizations WHERE organization_id = ${tx.organizationId}
      RETURNING ${sql.join(holdColumns.map((column) => sql.ref(column)))}`,
    ),
    send(tx.db, sql`INSERT INTO hold_routes (hold_id, organization_id) VALUES (${holdId}, ${tx.organizationId})`),
  )
  if (stored === undefined) throw new Error('The organization is gone')
  tx.append([holdEvent('hold.created', stored, directory)])
}
