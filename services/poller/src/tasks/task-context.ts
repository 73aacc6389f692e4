import type { Database } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'

/** What a task works with. */
export interface TaskContext {
  database: Database
  logger: Logger
}
