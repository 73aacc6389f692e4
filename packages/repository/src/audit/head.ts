import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'

/** The last link of an audit trail. Kept elsewhere, it proves later that the trail up to there is the same. */
export interface AuditHead {
  sequence: number
  /** SHA-256, in hex. */
  hash: string
}

/** What a trail begins with, before its first entry. */
export const emptyAuditHead: AuditHead = { sequence: 0, hash: '00'.repeat(32) }

/** The head of the organization's trail; undefined when somebody removed it. */
export async function findAuditHead(reader: Reader): Promise<AuditHead | undefined> {
  const { rows } = await sql<AuditHead>`
    SELECT last_sequence AS sequence, encode(last_hash, 'hex') AS hash FROM audit_heads
    WHERE organization_id = ${reader.organizationId}::uuid`.execute(reader.db)
  return rows[0]
}
