import type { Database } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'

/** What a task works with. */
export interface TaskContext {
  database: Database
  logger: Logger
  /** What the SCIM request log keeps: so many days, and so many rows of a directory. */
  requestLog: { days: number; rowsMax: number }
}
