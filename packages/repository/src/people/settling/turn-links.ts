import type { JsonObject } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { tripsWindow } from '../../holds/window.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { groupConditions } from '../../settings/group-filter.ts'

/** A directory user to settle; when it is gone, what it said last. */
export interface AskedUser {
  id: string
  kept?: JsonObject | undefined
}

/** A link, as it was and as it is now. */
export interface TurnedLink {
  directory_user_id: string
  user_id: string
  before_active: boolean
  active: boolean
  before_hold: string | null
  /** Of the hold in which its removal waits. */
  hold_id: string | null
  /** Whether the directory user is gone. */
  lost: boolean
}

/**
 * Makes links say whether their directory users count: active, and let through by the filters. A link that would end is
 * left as it is, in a hold, when the guard says so; one that the source wants again leaves its hold. Answers with the
 * links of all that were asked for. The caller has locked their people, and the window when the mode has one.
 */
export function turnLinks(
  tx: Transaction,
  directoryId: string,
  asked: readonly AskedUser[],
  settings: DirectorySettings,
  mode: GuardMode,
): Promise<TurnedLink[]> {
  const { tables, passes } = groupConditions(tx.organizationId, directoryId, settings.groupFilters)
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  return send(
    tx.db,
    sql<TurnedLink>`
    WITH RECURSIVE ${tables}
    asked AS MATERIALIZED (
      SELECT ask.id AS directory_user_id, ask.kept, link.user_id, link.active AS before_active,
        link.hold_id AS before_hold, link.kept AS before_kept, u.directory_user_id IS NULL AS lost,
        COALESCE(u.active AND u.selected AND ${passes}, false) AS wanted
      FROM json_to_recordset(${JSON.stringify(asked)}) AS ask (id uuid, kept jsonb)
      CROSS JOIN LATERAL (
        SELECT * FROM user_links WHERE ${here} AND directory_user_id = ask.id OFFSET 0) link
      LEFT JOIN LATERAL (
        SELECT * FROM directory_users WHERE ${here} AND directory_user_id = ask.id OFFSET 0) u ON true
    ),
    judged AS MATERIALIZED (
      SELECT a.*, CASE
          WHEN wanted OR NOT before_active THEN false
          WHEN before_hold IS NOT NULL THEN before_hold IS DISTINCT FROM ${mode.kind === 'release' ? mode.holdId : null}::uuid
          ELSE ${verdict(tx, directoryId, settings, mode)}
        END AS held
      FROM (
        SELECT *, count(*) FILTER (WHERE before_active AND NOT wanted AND before_hold IS NULL)
          OVER (ORDER BY directory_user_id) AS so_far FROM asked
      ) a
    ),
    desired AS MATERIALIZED (
      SELECT j.*, wanted OR held AS active, CASE WHEN held THEN COALESCE(before_hold, ${holdId(tx, directoryId, mode)}) END
        AS hold_id, CASE WHEN held AND lost THEN COALESCE(before_kept, j.kept) END AS kept_now
      FROM judged j
    ),
    turned AS (
      INSERT INTO user_links AS l
        (organization_id, directory_id, directory_user_id, user_id, active, hold_id, kept)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_id, active, hold_id, kept_now
      FROM desired WHERE (active, hold_id, kept_now) IS DISTINCT FROM (before_active, before_hold, before_kept)
      ON CONFLICT (organization_id, directory_id, directory_user_id)
        DO UPDATE SET active = excluded.active, hold_id = excluded.hold_id, kept = excluded.kept
    )
    SELECT directory_user_id, user_id, before_active, active, before_hold, hold_id, lost FROM desired`,
  )
}

/** Whether a removal that did not wait yet is to wait. */
function verdict(
  tx: Transaction,
  directoryId: string,
  { guard }: DirectorySettings,
  mode: GuardMode,
): RawBuilder<unknown> {
  if (mode.kind !== 'window') return sql`${mode.kind === 'hold'}::boolean`
  return tripsWindow(tx, directoryId, 'users', guard.users, sql`so_far`)
}

/** The hold that takes in what is to wait. */
export function holdId(tx: Transaction, directoryId: string, mode: GuardMode): RawBuilder<unknown> {
  switch (mode.kind) {
    case 'hold':
      return sql`${mode.holdId}::uuid`
    case 'window':
      return sql`COALESCE((SELECT hold_id FROM holds WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${directoryId} AND status = 'open' AND reason = 'push'), ${mode.freshHoldId}::uuid)`
    default:
      return sql`NULL::uuid`
  }
}
