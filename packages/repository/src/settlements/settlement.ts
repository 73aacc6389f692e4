import type { Cause } from '@muster/events'
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
  /** What began it, and causes its events. */
  cause: Cause
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
  'cause',
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
  cause: Cause
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
    cause: row.cause,
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

export interface SettlementQuery {
  status?: 'running' | 'done' | undefined
}

/** A page of settlements by id, which is the order of their beginnings. */
export async function listSettlements(
  reader: Reader,
  query: SettlementQuery,
  page: { after: string | undefined; limit: number },
): Promise<Settlement[]> {
  let selected = reader.db
    .selectFrom('settlements')
    .select(settlementColumns)
    .where('organization_id', '=', reader.organizationId)
    .orderBy('settlement_id')
    .limit(page.limit)
  if (page.after !== undefined) selected = selected.where('settlement_id', '>', page.after)
  if (query.status !== undefined) selected = selected.where('status', '=', query.status)
  return (await selected.execute()).map(toSettlement)
}

export async function countSettlements(reader: Reader, query: SettlementQuery): Promise<number> {
  const selected = reader.db
    .selectFrom('settlements')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', reader.organizationId)
  const counted = query.status === undefined ? selected : selected.where('status', '=', query.status)
  return Number((await counted.executeTakeFirstOrThrow()).count)
}
