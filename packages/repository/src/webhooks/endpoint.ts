import type { EventType } from '@muster/events'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/** Deliveries that wait are counted as far as this. */
const pendingMax = 10_000

/** A URL of an application that is told of events. Ids are UUIDs. */
export interface WebhookEndpoint {
  endpointId: string
  /** May hold a secret of the application's. */
  url: string
  description: string
  /** Null: all. */
  types: EventType[] | null
  /** Null: of all directories, and of none. */
  directoryId: string | null
  status: 'enabled' | 'disabled'
  /** Why it is disabled: it answered 410, nothing reached it for three days, or by hand. */
  disabledReason: 'gone' | 'dead' | 'manual' | null
  failingSince: Date | null
  failuresInARow: number
  /** When it is tried again, while it is failing. */
  retryAt: Date | null
  lastSuccessAt: Date | null
  /** Until when the secret before signs, too; null when it does not. */
  previousSecretExpiresAt: Date | null
  /** The last event that was looked at for it. */
  sequence: number
  /** Deliveries that wait, 10,000 at most. */
  pending: number
  createdAt: Date
  updatedAt: Date
}

/** A page of the organization's webhook endpoints, by id. */
export function listWebhooks(
  reader: Reader,
  page: { after: string | undefined; limit: number },
): Promise<WebhookEndpoint[]> {
  const behind = page.after === undefined ? sql`true` : sql`webhook_endpoint_id > ${page.after}::uuid`
  return selectEndpoints(reader, sql`${behind} ORDER BY webhook_endpoint_id LIMIT ${page.limit}`)
}

/** Undefined when the organization has none of this id. */
export async function findWebhook(reader: Reader, endpointId: string): Promise<WebhookEndpoint | undefined> {
  const [endpoint] = await selectEndpoints(reader, sql`webhook_endpoint_id = ${endpointId}::uuid`)
  return endpoint
}

export async function countWebhooks({ db, organizationId }: Reader): Promise<number> {
  const { count } = await db
    .selectFrom('webhook_endpoints')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

function selectEndpoints({ db, organizationId }: Reader, which: ReturnType<typeof sql>): Promise<WebhookEndpoint[]> {
  return send(
    db,
    sql<WebhookEndpoint>`
    SELECT e.webhook_endpoint_id AS "endpointId", e.url, e.description, e.types, e.directory_id AS "directoryId", e.status,
      e.disabled_reason AS "disabledReason", e.failing_since AS "failingSince", e.failures_in_a_row AS "failuresInARow",
      e.retry_at AS "retryAt", e.last_success_at AS "lastSuccessAt",
      CASE WHEN e.previous_expires_at > now() THEN e.previous_expires_at END AS "previousSecretExpiresAt",
      follower.sequence, waiting.count AS pending, e.created_at AS "createdAt", e.updated_at AS "updatedAt"
    FROM (SELECT * FROM webhook_endpoints WHERE organization_id = ${organizationId}::uuid AND ${which}) e
    CROSS JOIN LATERAL (
      SELECT sequence FROM followers
      WHERE kind = 'webhook' AND organization_id = ${organizationId}::uuid AND follower_id = e.webhook_endpoint_id
      OFFSET 0) follower
    CROSS JOIN LATERAL (
      SELECT count(*) FROM (
        SELECT FROM webhook_deliveries
        WHERE organization_id = ${organizationId}::uuid AND webhook_endpoint_id = e.webhook_endpoint_id AND state = 'pending'
        LIMIT ${sql.lit(pendingMax)}) pending) waiting
    ORDER BY e.webhook_endpoint_id`,
  )
}
