import { assertDatabaseIsSafe, openDatabase } from '@muster/repository'
import { onShutdown } from '@muster/runtime/lifecycle'
import { createLogger } from '@muster/runtime/logger'
import { orExit } from '@muster/runtime/settings'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { createWorker } from './worker.ts'

const config = orExit(() => readConfig(process.env))
const logger = createLogger({ service: 'poller', level: config.logLevel })
const database = openDatabase({
  url: config.databaseUrl,
  onIdleError: (err) => logger.warn({ err }, 'a database connection was lost'),
})
const requestLog = { days: config.requestLogDays, rowsMax: config.requestLogRows }
const worker = createWorker({ databaseUrl: config.databaseUrl, database, requestLog, logger })
const { app } = await buildApp({ database, worker, internalSecret: config.internalSecret, logger })
onShutdown(logger, async () => {
  await Promise.all([app.close(), worker.stop()])
  await database.close()
})
await assertDatabaseIsSafe(database)
await worker.start()
await app.listen({ port: config.port, host: config.host })
