import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { SigningColumns } from '../signing-secrets/signing-secrets.ts'

/** What delivery works with of an endpoint. `now` is the time of the database, which all delays are counted from. */
export interface LockedEndpoint extends SigningColumns {
  url: string
  status: 'enabled' | 'disabled'
  failing_since: Date | null
  failures_in_a_row: number
  retry_at: Date | null
  last_success_at: Date | null
  now: Date
}

/**
 * The lock under which deliveries of an endpoint are added, taken and finished, one transaction after the other: so none is
 * overlooked when the one before it in its subject ends. Whoever also changes the endpoint's row in `followers` locks that
 * one first. Undefined when the endpoint is gone.
 */
export async function lockEndpoint(tx: Transaction, endpointId: string): Promise<LockedEndpoint | undefined> {
  const [endpoint] = await send(
    tx.db,
    sql<LockedEndpoint>`
    SELECT url, status, failing_since, failures_in_a_row, retry_at, last_success_at, sealed_secret, sealed_previous_secret,
      previous_expires_at, statement_timestamp() AS now
    FROM webhook_endpoints WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}
    FOR NO KEY UPDATE`,
  )
  return endpoint
}
