import type { Cause } from '@muster/events'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { AuditDraft, Transaction } from '../database/transaction.ts'

/**
 * Adds an entry to the audit trail of the transaction's organization; its actor is the cause of the transaction. Written
 * at the end, in the message of COMMIT. `detail` holds no secret, no personal data and no free text: nothing can be
 * erased from the trail later. Free texts are named, not quoted: see `describeChanges`.
 */
export function appendAudit(tx: Transaction, entry: AuditDraft): void {
  tx.audit(entry)
}

/**
 * Chains the drafts to the organization's trail: sequence numbers follow the order of commits without a gap, and each hash
 * is sha256(hash before || text of the entry). The head is locked by a statement of its own, so that the next one sees
 * what the writer before has committed. An organization without a head fails here (NULL sequence) rather than lose entries.
 */
export async function flushAudit(
  tx: Pick<Transaction, 'organizationId' | 'db'> & { cause: Cause },
  drafts: readonly AuditDraft[],
): Promise<void> {
  const rows = drafts.map(({ action, target, detail = {} }, index) => ({
    ...{ position: index + 1, id: newUuid(), action, target, detail },
  }))
  const own = sql`organization_id = ${tx.organizationId}::uuid`
  await pipelined(
    send(tx.db, sql`SELECT FROM audit_heads WHERE ${own} FOR UPDATE`),
    send(
      tx.db,
      sql`
      WITH RECURSIVE moment AS MATERIALIZED (
        SELECT date_trunc('milliseconds', clock_timestamp()) AS instant
      ), draft AS MATERIALIZED (
        SELECT draft.*, moment.instant, ${JSON.stringify(tx.cause)}::jsonb AS actor
        FROM moment, json_to_recordset(${JSON.stringify(rows)}::json) AS draft
          (position integer, id uuid, action text, target text, detail jsonb)
      ), chain (position, sequence, hash, entry) AS (
        SELECT 0, last_sequence, last_hash, NULL FROM audit_heads WHERE ${own}
        UNION ALL
        SELECT draft.position, chain.sequence + 1, sha256(chain.hash || convert_to(written.entry, 'UTF8')), written.entry
        FROM chain JOIN draft ON draft.position = chain.position + 1 CROSS JOIN LATERAL (
          SELECT jsonb_build_object('id', draft.id, 'organizationId', ${tx.organizationId}::uuid, 'actor', draft.actor,
            'action', draft.action, 'target', draft.target, 'detail', draft.detail, 'sequence', chain.sequence + 1,
            'occurredAt', to_char(draft.instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS entry
          OFFSET 0
        ) written
      ), moved AS (
        UPDATE audit_heads SET last_sequence = chain.sequence, last_hash = chain.hash FROM chain
        WHERE ${own} AND chain.position = ${drafts.length}::integer
      )
      INSERT INTO audit_entries
        (organization_id, sequence, audit_entry_id, actor, action, target, detail, occurred_at, entry, hash)
      SELECT ${tx.organizationId}::uuid, chain.sequence, draft.id, draft.actor, draft.action, draft.target, draft.detail,
        draft.instant, chain.entry, chain.hash
      FROM draft LEFT JOIN chain ON chain.position = draft.position`,
    ),
  )
}
