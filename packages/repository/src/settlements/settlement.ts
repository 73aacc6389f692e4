import type { Reader } from '../database/read.ts'

export type SettlementKind = 'directory_users' | 'roles' | 'hold'

/** Many people being derived anew, piece by piece. */
export interface Settlement {
  settlementId: string
  kind: SettlementKind
  /** Null: of all directories. */
  directoryId: string | null
  /** What is let go (`hold`), or where removals wait; null when none wait. */
  holdId: string | null
  status: 'running' | 'done'
  /** Directory users, people or removals: how many there were at the beginning, and how many are done. */
  total: number
  done: number
  createdAt: Date
  updatedAt: Date
}

export const settlementColumns = [
  'settlement_id',
  'kind',
  'directory_id',
  'hold_id',
  'status',
  'total',
  'done',
  'created_at',
  'updated_at',
] as const

interface SettlementRow {
  settlement_id: string
  kind: SettlementKind
  directory_id: string | null
  hold_id: string | null
  status: 'running' | 'done'
  total: number
  done: number
  created_at: Date
  updated_at: Date
}

export function toSettlement(row: SettlementRow): Settlement {
  return {
    settlementId: row.settlement_id,
    kind: row.kind,
    directoryId: row.directory_id,
    holdId: row.hold_id,
    status: row.status,
    total: row.total,
    done: row.done,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export async function findSettlement(reader: Reader, settlementId: string): Promise<Settlement | undefined> {
  const row = await reader.db
    .selectFrom('settlements')
    .select(settlementColumns)
    .where('organization_id', '=', reader.organizationId)
    .where('settlement_id', '=', settlementId)
    .executeTakeFirst()
  return row && toSettlement(row)
}
