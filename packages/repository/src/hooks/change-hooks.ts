import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { Transaction } from '../database/transaction.ts'
import { addFollower, removeFollower } from '../followers/follower.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { askAgain } from '../people/arrivals/ask-again.ts'
import { lockSettings } from '../settings/settings-lock.ts'
import { sealSigningSecret } from '../signing-secrets/signing-secrets.ts'
import type { HookKind, HookPolicy } from '../tables.ts'
import { findHook, type Hook } from './hook.ts'

export interface HookDraft {
  kind: HookKind
  url: string
  policy: HookPolicy
  timeoutMilliseconds?: number | undefined
}

/** What is undefined stays. */
export interface HookChanges {
  url?: string | undefined
  policy?: HookPolicy | undefined
  timeoutMilliseconds?: number | undefined
  status?: 'enabled' | 'disabled' | undefined
}

/**
 * Adds a hook that signs with the secret. From now on new people wait for a `before_create`; an `after_create` is told of
 * those who come into being from now on. @throws `conflict` when the organization has one of the kind
 */
export async function createHook(
  tx: Transaction,
  rootKeys: RootKeys,
  draft: HookDraft & { secret: string },
): Promise<Hook> {
  const { kind, url, policy, secret } = draft
  const hookId = newUuid()
  // Before any row is locked.
  if (kind === 'before_create') await switchWaiting(tx, true)
  const created = await tx.db
    .insertInto('hooks')
    .values({
      organization_id: tx.organizationId,
      hook_id: hookId,
      sealed_secret: await sealSigningSecret(tx, rootKeys, { table: 'hooks', id: hookId }, secret),
      timeout_milliseconds: draft.timeoutMilliseconds,
      ...{ kind, url, policy },
    })
    .onConflict((conflict) => conflict.columns(['organization_id', 'kind']).doNothing())
    .returning('hook_id')
    .executeTakeFirst()
  if (created === undefined) throw new MusterError('conflict', `The organization already has a hook ${kind}.`)
  if (kind === 'after_create') await addFollower(tx, kind, hookId, 'end')
  appendAudit(tx, { action: 'hook.create', target: hookId, detail: { kind, policy } })
  return get(tx, hookId)
}

/**
 * Changes a hook; one that was failing is called anew. While a `before_create` is disabled, people are made without being
 * asked about, and who was vetoed stays so; an `after_create` goes on where it stopped. Undefined when there is none of this id.
 */
export async function updateHook(tx: Transaction, hookId: string, changes: HookChanges): Promise<Hook | undefined> {
  const hook = await lockHook(tx, hookId)
  if (hook === undefined) return undefined
  await tx.db
    .updateTable('hooks')
    .set({
      url: changes.url,
      policy: changes.policy,
      timeout_milliseconds: changes.timeoutMilliseconds,
      status: changes.status,
      retry_at: null,
      updated_at: new Date(),
    })
    .where('organization_id', '=', tx.organizationId)
    .where('hook_id', '=', hookId)
    .execute()
  if (hook.kind === 'before_create') await askAgain(tx, { vetoed: false })
  else if (changes.status !== undefined) await pauseFollower(tx, hookId, changes.status === 'disabled')
  appendAudit(tx, {
    action: 'hook.update',
    target: hookId,
    detail: describeChanges(changes, ['policy', 'timeoutMilliseconds', 'status']),
  })
  return get(tx, hookId)
}

/** Removes a hook: who waits for it, or was vetoed by it, is made. False when there is none of this id. */
export async function deleteHook(tx: Transaction, hookId: string): Promise<boolean> {
  const kind = (await findHook(tx, hookId))?.kind
  if (kind === undefined) return false
  // Before any row is locked.
  if (kind === 'before_create') await switchWaiting(tx, false)
  const deleted = await tx.db
    .deleteFrom('hooks')
    .where('organization_id', '=', tx.organizationId)
    .where('hook_id', '=', hookId)
    .returning('hook_id')
    .executeTakeFirst()
  if (deleted === undefined) return false
  if (kind === 'before_create') await askAgain(tx, { vetoed: true })
  else await removeFollower(tx, kind, hookId)
  appendAudit(tx, { action: 'hook.delete', target: hookId, detail: { kind } })
  return true
}

/** Has everybody whom a `before_create` vetoed asked about again; an `after_create` vetoes nobody. False when there is none of this id. */
export async function askHookAgain(tx: Transaction, hookId: string): Promise<boolean> {
  const hook = await lockHook(tx, hookId)
  if (hook === undefined) return false
  if (hook.kind === 'after_create') return true
  await askAgain(tx, { vetoed: true })
  appendAudit(tx, { action: 'hook.ask_again', target: hookId })
  return true
}

/**
 * Gives a hook another secret; for so long the one before signs, too. Answers with until when (null: it does not); undefined
 * when there is none of this id.
 */
export async function rotateHookSecret(
  tx: Transaction,
  rootKeys: RootKeys,
  hookId: string,
  { secret, overlapSeconds }: { secret: string; overlapSeconds: number },
): Promise<{ previousExpiresAt: Date | null } | undefined> {
  if ((await lockHook(tx, hookId)) === undefined) return undefined
  const sealed = await sealSigningSecret(tx, rootKeys, { table: 'hooks', id: hookId }, secret)
  const keeps = overlapSeconds > 0
  const row = await tx.db
    .updateTable('hooks')
    .set(({ ref }) => ({
      sealed_secret: sealed,
      sealed_previous_secret: keeps ? ref('sealed_secret') : null,
      previous_expires_at: keeps ? sql<Date>`now() + make_interval(secs => ${overlapSeconds})` : null,
      updated_at: new Date(),
    }))
    .where('organization_id', '=', tx.organizationId)
    .where('hook_id', '=', hookId)
    .returning('previous_expires_at')
    .executeTakeFirstOrThrow()
  appendAudit(tx, { action: 'hook.rotate_secret', target: hookId })
  return { previousExpiresAt: row.previous_expires_at }
}

async function lockHook(tx: Transaction, hookId: string): Promise<{ kind: HookKind } | undefined> {
  return tx.db
    .selectFrom('hooks')
    .select('kind')
    .where('organization_id', '=', tx.organizationId)
    .where('hook_id', '=', hookId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Whether new people wait for a hook: a setting that people are derived by. */
async function switchWaiting(tx: Transaction, hasBeforeCreate: boolean): Promise<void> {
  await lockSettings(tx)
  await tx.db
    .updateTable('organizations')
    .set({ has_before_create: hasBeforeCreate, settings_version: sql<number>`settings_version + 1` })
    .where('organization_id', '=', tx.organizationId)
    .execute()
}

async function pauseFollower(tx: Transaction, hookId: string, paused: boolean): Promise<void> {
  await tx.db
    .updateTable('followers')
    .set({ paused })
    .where('kind', '=', 'after_create')
    .where('organization_id', '=', tx.organizationId)
    .where('follower_id', '=', hookId)
    .execute()
}

async function get(tx: Transaction, hookId: string): Promise<Hook> {
  const hook = await findHook(tx, hookId)
  if (hook === undefined) throw new Error('The hook is gone')
  return hook
}
