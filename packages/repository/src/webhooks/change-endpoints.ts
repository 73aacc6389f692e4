import type { EventType } from '@muster/events'
import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { Transaction } from '../database/transaction.ts'
import { addFollower, removeFollower } from '../followers/follower.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { findDirectory } from '../organizations/directories.ts'
import { sealSigningSecret } from '../signing-secrets/signing-secrets.ts'
import { countWebhooks, findWebhook, type WebhookEndpoint } from './endpoint.ts'
import { retryAtOnce } from './retry-at-once.ts'
import { disableWebhook, enableWebhook } from './set-endpoint-status.ts'

/** Each event is written down for each of them. */
const endpointsMax = 20

export interface WebhookDraft {
  url: string
  description?: string | undefined
  /** Null or undefined: all. */
  types?: EventType[] | null | undefined
  directoryId?: string | null | undefined
  /** Behind which event it begins; undefined: at the end of the log. */
  after?: number | undefined
}

/** What is undefined stays. */
export interface WebhookChanges extends Partial<Omit<WebhookDraft, 'after'>> {
  status?: 'enabled' | 'disabled' | undefined
}

/**
 * Adds a webhook endpoint that is signed for with the secret.
 * @throws `conflict` when the organization has 20; `invalidValue` when it does not have the directory, or the log does not
 * reach as far as `after`
 */
export async function createWebhook(
  tx: Transaction,
  rootKeys: RootKeys,
  draft: WebhookDraft & { secret: string },
): Promise<WebhookEndpoint> {
  const { url, description = '', types = null, directoryId = null, after } = draft
  const endpointId = newUuid()
  // First, because it locks the organization's row: nobody else adds one now.
  const sealed = await sealSigningSecret(tx, rootKeys, { table: 'webhook_endpoints', id: endpointId }, draft.secret)
  if ((await countWebhooks(tx)) >= endpointsMax) {
    throw new MusterError('conflict', `An organization has at most ${endpointsMax} webhook endpoints.`)
  }
  await assertDirectory(tx, directoryId)
  if (after !== undefined) await assertWithinLog(tx, after)
  await tx.db
    .insertInto('webhook_endpoints')
    .values({
      organization_id: tx.organizationId,
      webhook_endpoint_id: endpointId,
      directory_id: directoryId,
      sealed_secret: sealed,
      ...{ url, description, types },
    })
    .execute()
  await addFollower(tx, 'webhook', endpointId, after ?? 'end')
  appendAudit(tx, {
    action: 'webhook.create',
    target: endpointId,
    detail: { ...(types && { types }), ...(directoryId && { directoryId }) },
  })
  return get(tx, endpointId)
}

/**
 * Changes a webhook endpoint: other types and directories count for what is not on its way yet. One that is enabled, or
 * moves, is tried at once. Undefined when there is none of this id.
 * @throws `invalidValue` when the organization does not have the directory
 */
export async function updateWebhook(
  tx: Transaction,
  endpointId: string,
  changes: WebhookChanges,
): Promise<WebhookEndpoint | undefined> {
  const { url, description, types, directoryId, status } = changes
  const before = await findWebhook(tx, endpointId)
  if (before === undefined) return undefined
  await assertDirectory(tx, directoryId ?? null)
  // In front: it locks the follower, which is locked before the endpoint.
  if (status === 'enabled') await enableWebhook(tx, endpointId)
  if (status === 'disabled') await disableWebhook(tx, endpointId)
  const { numUpdatedRows } = await tx.db
    .updateTable('webhook_endpoints')
    .set({ url, description, types, directory_id: directoryId, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return undefined
  if (url !== undefined && url !== before.url) await retryAtOnce(tx, endpointId)
  appendAudit(tx, {
    action: 'webhook.update',
    target: endpointId,
    detail: describeChanges(changes, ['types', 'directoryId', 'status']),
  })
  return get(tx, endpointId)
}

/** Removes a webhook endpoint with the log of its deliveries. False when there is none of this id. */
export async function deleteWebhook(tx: Transaction, endpointId: string): Promise<boolean> {
  if ((await findWebhook(tx, endpointId)) === undefined) return false
  // In this order: fan-out locks the follower, then the endpoint.
  await removeFollower(tx, 'webhook', endpointId)
  const { numDeletedRows } = await tx.db
    .deleteFrom('webhook_endpoints')
    .where('organization_id', '=', tx.organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
    .executeTakeFirst()
  if (numDeletedRows === 0n) return false
  appendAudit(tx, { action: 'webhook.delete', target: endpointId })
  return true
}

async function assertDirectory(tx: Transaction, directoryId: string | null): Promise<void> {
  if (directoryId === null || (await findDirectory(tx, directoryId)) !== undefined) return
  throw new MusterError('invalidValue', 'body.directoryId: there is no such directory.')
}

async function assertWithinLog(tx: Transaction, after: number): Promise<void> {
  const { last_sequence } = await tx.db
    .selectFrom('event_sequences')
    .select('last_sequence')
    .where('organization_id', '=', tx.organizationId)
    .executeTakeFirstOrThrow()
  if (after > last_sequence) throw new MusterError('invalidValue', 'body.after is behind the end of the log.')
}

async function get(tx: Transaction, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await findWebhook(tx, endpointId)
  if (endpoint === undefined) throw new Error('The webhook endpoint is gone')
  return endpoint
}
