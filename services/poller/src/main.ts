import { connectors } from '@muster/connectors'
import { deliveryPolicy } from '@muster/events'
import { assertDatabaseIsSafe, openDatabase } from '@muster/repository'
import { onShutdown } from '@muster/runtime/lifecycle'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { orExit } from '@muster/runtime/settings'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { followLog } from './follow-log.ts'
import { watchDue } from './syncs/watch-due.ts'
import { createWorker } from './worker.ts'

const config = orExit(() => readConfig(process.env))
const logger = createLogger({ service: 'poller', level: config.logLevel })
const database = openDatabase({
  url: config.databaseUrl,
  onIdleError: (err) => logger.warn({ err }, 'a database connection was lost'),
})
const requestLog = { days: config.requestLogDays, rowsMax: config.requestLogRows }
const outbound = createOutbound({ allowedHosts: config.outboundAllowedHosts })
const context = {
  database,
  logger,
  requestLog,
  eventLog: { days: config.eventLogDays },
  rootKeys: config.rootKeys,
  outbound,
  connectors,
  publicUrl: config.publicUrl,
  webhooks: { policy: deliveryPolicy, logDays: config.webhookLogDays },
}
const worker = createWorker({ databaseUrl: config.databaseUrl, syncsAtOnce: config.syncsAtOnce, ...context })
const following = followLog(context)
const dueWatch = watchDue(context)
const { app } = await buildApp({ context, worker, internalSecret: config.internalSecret })
onShutdown(logger, async () => {
  await Promise.all([app.close(), worker.stop(), following.stop(), dueWatch.stop()])
  await Promise.all([database.close(), outbound.close()])
})
await assertDatabaseIsSafe(database)
await worker.start()
following.start()
dueWatch.start()
await app.listen({ port: config.port, host: config.host })
