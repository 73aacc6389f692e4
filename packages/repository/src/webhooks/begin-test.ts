import { appendAudit } from '../audit/append.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { openSigningSecrets } from '../signing-secrets/signing-secrets.ts'

/**
 * Where a test message for a webhook endpoint goes, and what signs for it, the newest secret first; the audit trail says who
 * asked. Undefined when there is no endpoint of this id.
 */
export async function beginWebhookTest(
  tx: Transaction,
  rootKeys: RootKeys,
  endpointId: string,
): Promise<{ url: string; secrets: string[] } | undefined> {
  const row = await tx.db
    .selectFrom('webhook_endpoints')
    .select(['url', 'sealed_secret', 'sealed_previous_secret', 'previous_expires_at'])
    .where('organization_id', '=', tx.organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  appendAudit(tx, { action: 'webhook.test', target: endpointId })
  const owner = { table: 'webhook_endpoints', id: endpointId } as const
  return { url: row.url, secrets: await openSigningSecrets(tx, rootKeys, owner, row) }
}
