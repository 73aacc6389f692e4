import { appendAudit } from '../audit/append.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { sealSigningSecret } from '../signing-secrets/signing-secrets.ts'

/**
 * Gives a webhook endpoint another secret. The one before signs, too, for `overlapSeconds`; the one before that no more.
 * Answers with when that ends (null: at once); undefined when there is no endpoint of this id.
 */
export async function rotateWebhookSecret(
  tx: Transaction,
  rootKeys: RootKeys,
  endpointId: string,
  { secret, overlapSeconds }: { secret: string; overlapSeconds: number },
): Promise<{ previousExpiresAt: Date | null } | undefined> {
  const sealed = await sealSigningSecret(tx, rootKeys, { table: 'webhook_endpoints', id: endpointId }, secret)
  const previousExpiresAt = overlapSeconds > 0 ? new Date(Date.now() + overlapSeconds * 1_000) : null
  const { numUpdatedRows } = await tx.db
    .updateTable('webhook_endpoints')
    .set(({ ref }) => ({
      sealed_secret: sealed,
      sealed_previous_secret: previousExpiresAt && ref('sealed_secret'),
      previous_expires_at: previousExpiresAt,
      updated_at: new Date(),
    }))
    .where('organization_id', '=', tx.organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return undefined
  appendAudit(tx, { action: 'webhook.rotate_secret', target: endpointId, detail: { overlapSeconds } })
  return { previousExpiresAt }
}
