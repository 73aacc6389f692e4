import type { connectors } from '@muster/connectors'
import type { DeliveryPolicy } from '@muster/events'
import type { Database, RootKeys } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import type { Outbound } from '@muster/runtime/outbound/outbound'

/** What a task works with. */
export interface TaskContext {
  database: Database
  logger: Logger
  /** What the SCIM request log keeps: so many days, and so many rows of a directory. */
  requestLog: { days: number; rowsMax: number }
  /** How many days the event log keeps an event, at least; 0 for ever. */
  eventLog: { days: number }
  /** Open the secrets of organizations. */
  rootKeys: RootKeys
  /** Calls what organizations name. */
  outbound: Outbound
  /** What reads each type of directory. */
  connectors: typeof connectors
  /** What sources reach the SCIM service by, which takes their notifications; without a slash at its end. */
  publicUrl: string
  /** How webhooks are tried again, and how many days their log keeps a delivery that has ended. */
  webhooks: { policy: DeliveryPolicy; logDays: number }
}
