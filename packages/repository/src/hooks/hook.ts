import { toTypeId } from '@muster/runtime/type-ids'
import type { Reader } from '../database/read.ts'
import type { HookKind, HookPolicy } from '../tables.ts'

/** An application that is asked before people come into being, or told right behind it. */
export interface Hook {
  hookId: string
  kind: HookKind
  /** May hold a secret of the application's. */
  url: string
  /** What becomes of people while it fails: they are made all the same, or they wait. */
  policy: HookPolicy
  timeoutMilliseconds: number
  status: 'enabled' | 'disabled'
  failingSince: Date | null
  failuresInARow: number
  /** When it is called again, while it fails. */
  retryAt: Date | null
  /** The name of the last failure. */
  lastError: string | null
  lastSuccessAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export const hookColumns = [
  'hook_id',
  'kind',
  'url',
  'policy',
  'timeout_milliseconds',
  'status',
  'failing_since',
  'failures_in_a_row',
  'retry_at',
  'last_error',
  'last_success_at',
  'created_at',
  'updated_at',
] as const

export interface HookRow {
  hook_id: string
  kind: HookKind
  url: string
  policy: HookPolicy
  timeout_milliseconds: number
  status: 'enabled' | 'disabled'
  failing_since: Date | null
  failures_in_a_row: number
  retry_at: Date | null
  last_error: string | null
  last_success_at: Date | null
  created_at: Date
  updated_at: Date
}

export function toHook(row: HookRow): Hook {
  return {
    hookId: row.hook_id,
    kind: row.kind,
    url: row.url,
    policy: row.policy,
    timeoutMilliseconds: row.timeout_milliseconds,
    status: row.status,
    failingSince: row.failing_since,
    failuresInARow: row.failures_in_a_row,
    retryAt: row.retry_at,
    lastError: row.last_error,
    lastSuccessAt: row.last_success_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** A hook as events show it. */
export function hookReference({ hook_id: id, kind }: Pick<HookRow, 'hook_id' | 'kind'>) {
  return { id: toTypeId('hook', id), kind }
}

/** The hooks of an organization, by id: at most one of a kind. */
export async function listHooks({ db, organizationId }: Reader): Promise<Hook[]> {
  const rows = await db
    .selectFrom('hooks')
    .select(hookColumns)
    .where('organization_id', '=', organizationId)
    .orderBy('hook_id')
    .execute()
  return rows.map(toHook)
}

export async function findHook({ db, organizationId }: Reader, hookId: string): Promise<Hook | undefined> {
  const row = await db
    .selectFrom('hooks')
    .select(hookColumns)
    .where('organization_id', '=', organizationId)
    .where('hook_id', '=', hookId)
    .executeTakeFirst()
  return row && toHook(row)
}
