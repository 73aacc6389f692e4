import { connectors } from '@muster/connectors'
import { deliveryPolicy } from '@muster/events'
import type { Database } from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { newSecretKey } from '@muster/runtime/secret-box'
import type { TaskContext } from '../../src/tasks/task-context.ts'

/** One for all: what it seals, tests of this process can open. */
const rootKeys = [newSecretKey('test')] as const
const outbound = createOutbound({ allowedHosts: ['localhost', '127.0.0.0/8'] })

/** What tasks work with, as by default; silent, and this machine may be called. */
export function testContext(database: Database): TaskContext {
  const logger = createLogger({ service: 'poller', level: 'silent' })
  const webhooks = { policy: deliveryPolicy, logDays: 14 }
  const logs = { requestLog: { days: 30, rowsMax: 10_000 }, eventLog: { days: 400 } }
  const publicUrl = 'http://127.0.0.1:7643'
  return { database, logger, ...logs, rootKeys, outbound, connectors, publicUrl, webhooks }
}
