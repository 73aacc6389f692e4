import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { type AuditHead, emptyAuditHead } from './head.ts'
import { type AuditBreak, type ChainedRow, followChain } from './recompute.ts'

/** What a verification found. `entries` is how many fit, from the first on. */
export interface AuditVerdict {
  entries: number
  /** What the database calls the head; undefined when it has none. */
  head: AuditHead | undefined
  broken: AuditBreak | undefined
}

const rowsPerPage = 1_000

/**
 * Reads the organization's whole audit trail in order and recomputes its chain: numbers without a gap, every hash, columns
 * that say what the hashed text says, and a head that is the last hash. Entries that are appended meanwhile are included.
 * That the end was cut off, head and all, shows only against a head that was kept elsewhere: `expected`.
 */
export async function verifyAudit(reader: Reader, expected?: AuditHead): Promise<AuditVerdict> {
  let last = emptyAuditHead
  for (;;) {
    const page = await readPage(reader, last.sequence)
    const followed = followChain(last, page.rows)
    const broken = followed.broken ?? contradiction(expected, last, page.rows, followed.last)
    last = followed.last
    const verdict = { entries: last.sequence, head: page.head }
    if (broken !== undefined) return { ...verdict, broken }
    if (page.rows.length < rowsPerPage) return { ...verdict, broken: judgeEnd(page.head, last, expected) }
  }
}

/** What was expected of an entry of this page, or of the beginning, is not so. */
function contradiction(
  expected: AuditHead | undefined,
  previous: AuditHead,
  rows: readonly ChainedRow[],
  last: AuditHead,
): AuditBreak | undefined {
  if (expected === undefined || expected.sequence < previous.sequence || expected.sequence > last.sequence) {
    return undefined
  }
  // Recomputed before: a row that fits has the hash that follows.
  const found =
    expected.sequence === previous.sequence
      ? previous.hash
      : rows[expected.sequence - previous.sequence - 1]?.hash.toString('hex')
  return found === expected.hash ? undefined : { sequence: expected.sequence, fault: 'expectation' }
}

function judgeEnd(
  head: AuditHead | undefined,
  last: AuditHead,
  expected: AuditHead | undefined,
): AuditBreak | undefined {
  if (head === undefined) return { sequence: last.sequence, fault: 'noHead' }
  if (head.sequence > last.sequence) return { sequence: last.sequence + 1, fault: 'missing' }
  if (head.sequence < last.sequence) return { sequence: head.sequence + 1, fault: 'beyondHead' }
  if (head.hash !== last.hash) return { sequence: last.sequence, fault: 'head' }
  if (expected !== undefined && expected.sequence > last.sequence) {
    return { sequence: last.sequence + 1, fault: 'missing' }
  }
  return undefined
}

interface PageRow extends ChainedRow {
  head_sequence: number | null
  head_hash: Buffer | null
}

/**
 * Entries and head by one statement, which sees both as of one moment. Numbers below the first are read as well: there
 * must be none.
 */
async function readPage(
  { db, organizationId }: Reader,
  after: number,
): Promise<{ head: AuditHead | undefined; rows: ChainedRow[] }> {
  const beyond = after === 0 ? sql`` : sql`AND sequence > ${after}`
  const { rows } = await sql<PageRow>`
    SELECT entry.*, head.last_sequence AS head_sequence, head.last_hash AS head_hash
    FROM (VALUES (${organizationId}::uuid)) AS own (id)
    LEFT JOIN audit_heads head ON head.organization_id = own.id
    LEFT JOIN LATERAL (
      SELECT organization_id, audit_entry_id, sequence, actor, action, target, detail, occurred_at, entry, hash
      FROM audit_entries WHERE organization_id = ${organizationId}::uuid ${beyond}
      ORDER BY sequence LIMIT ${rowsPerPage}
    ) entry ON true
    ORDER BY entry.sequence`.execute(db)
  const [first] = rows
  if (first === undefined) throw new Error('A statement that answers one row at least answered none')
  const { head_sequence: sequence, head_hash: hash } = first
  return {
    head: sequence === null || hash === null ? undefined : { sequence, hash: hash.toString('hex') },
    // Without an entry all that is there is the head.
    rows: rows.filter((row) => row.entry !== null),
  }
}
