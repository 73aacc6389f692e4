import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AuditRow } from './entry-view.ts'
import type { AuditHead } from './head.ts'

/** A stored entry with the text that was hashed. */
export interface ChainedRow extends AuditRow {
  entry: string
}

/** Every way an audit trail can be broken, with what it means. */
export const auditFaults = {
  missing: 'The entry with this number is missing.',
  number: 'An entry has a number that another one has, or that none may have.',
  hash: 'The hash of this entry does not follow from its text and the entry before.',
  columns: 'The columns of this entry do not say what its text says.',
  head: 'The head of the trail is not the hash of this entry, the last one.',
  beyondHead: 'The entry with this number is not accounted for by the head of the trail.',
  noHead: 'The head of the trail is missing.',
  expectation: 'The entry with this number is not the one that was expected.',
} as const

export type AuditFault = keyof typeof auditFaults

export interface AuditBreak {
  /** The first sequence number that does not fit. */
  sequence: number
  fault: AuditFault
}

/**
 * Follows the chain from `previous` over rows in the order of their numbers, up to the first that does not fit.
 * Recomputed here, not by the database that is under suspicion.
 */
export function followChain(
  previous: AuditHead,
  rows: readonly ChainedRow[],
): { last: AuditHead; broken: AuditBreak | undefined } {
  let last = previous
  for (const row of rows) {
    const sequence = last.sequence + 1
    const hash = nextHash(last.hash, row.entry)
    const fault = faultOf(row, sequence, hash)
    if (fault !== undefined) return { last, broken: { sequence: Math.min(sequence, row.sequence), fault } }
    last = { sequence, hash }
  }
  return { last, broken: undefined }
}

function faultOf(row: ChainedRow, sequence: number, hash: string): AuditFault | undefined {
  if (row.sequence > sequence) return 'missing'
  if (row.sequence < sequence) return 'number'
  if (row.hash.toString('hex') !== hash) return 'hash'
  return isDeepStrictEqual(parse(row.entry), ofColumns(row)) ? undefined : 'columns'
}

function nextHash(previous: string, entry: string): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(entry, 'utf8').digest('hex')
}

function ofColumns(row: ChainedRow): unknown {
  return {
    id: row.audit_entry_id,
    organizationId: row.organization_id,
    actor: row.actor,
    action: row.action,
    target: row.target,
    detail: row.detail,
    // Null for what is no instant, such as Postgres' infinity.
    occurredAt: row.occurred_at instanceof Date ? row.occurred_at.toJSON() : null,
    sequence: row.sequence,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
