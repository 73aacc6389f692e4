import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { openSigningSecrets, type SigningColumns } from '../signing-secrets/signing-secrets.ts'
import type { HookKind, HookPolicy } from '../tables.ts'

/** What calls a hook. */
export interface CallableHook {
  hookId: string
  url: string
  /** Sign the call, the newest first. */
  secrets: string[]
  policy: HookPolicy
  timeoutMilliseconds: number
  failuresInARow: number
}

/** Whether it is on us to call the hook. */
export type Turn =
  /** There is none, or it is disabled. */
  | { state: 'none' }
  /** Somebody else has the turn, or it failed just now. */
  | { state: 'later'; inSeconds: number }
  | { state: 'ours'; hook: CallableHook }

/** How long a turn lasts beyond the call: longer than what comes of it takes to store. */
const leaseSecondsBeyondCall = 25

type TurnRow = SigningColumns & {
  hook_id: string
  url: string
  policy: HookPolicy
  timeout_milliseconds: number
  failures_in_a_row: number
  status: string
  /** Seconds until it may be called; negative when it may. */
  due_in: number | null
}

/**
 * Takes the turn to call the hook of this kind: one calls it at a time, in an order. It ends with what `noteHookCall`
 * stores; of somebody who was killed, by itself.
 */
export async function takeHookTurn(tx: Transaction, rootKeys: RootKeys, kind: HookKind): Promise<Turn> {
  const own = sql`organization_id = ${tx.organizationId} AND kind = ${kind}`
  const [row] = await send(
    tx.db,
    sql<TurnRow>`
    SELECT *, extract(epoch FROM GREATEST(retry_at, leased_until) - clock_timestamp())::double precision AS due_in
    FROM hooks WHERE ${own} FOR NO KEY UPDATE`,
  )
  if (row === undefined || row.status === 'disabled') return { state: 'none' }
  if (row.due_in !== null && row.due_in > 0) return { state: 'later', inSeconds: row.due_in }
  const seconds = row.timeout_milliseconds / 1_000 + leaseSecondsBeyondCall
  await send(tx.db, sql`UPDATE hooks SET leased_until = now() + make_interval(secs => ${seconds}) WHERE ${own}`)
  const owner = { table: 'hooks', id: row.hook_id } as const
  const hook: CallableHook = {
    hookId: row.hook_id,
    url: row.url,
    secrets: await openSigningSecrets(tx, rootKeys, owner, row),
    policy: row.policy,
    timeoutMilliseconds: row.timeout_milliseconds,
    failuresInARow: row.failures_in_a_row,
  }
  return { state: 'ours', hook }
}
