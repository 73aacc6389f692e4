import { assertDatabaseIsSafe, openDatabase } from '@muster/repository'
import { onShutdown } from '@muster/runtime/lifecycle'
import { createLogger } from '@muster/runtime/logger'
import { orExit } from '@muster/runtime/settings'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const config = orExit(() => readConfig(process.env))
const logger = createLogger({ service: 'scim', level: config.logLevel })
const database = openDatabase({
  url: config.databaseUrl,
  connectionsMax: config.databaseConnectionsMax,
  onIdleError: (err) => logger.warn({ err }, 'a database connection was lost'),
})
const { pepper, publicUrl, publicDiscovery } = config
const requestLog = config.requestLogDays > 0 ? { rowsMax: config.requestLogRows } : undefined
const { app } = await buildApp({ database, pepper, publicUrl, publicDiscovery, requestLog, logger })
onShutdown(logger, async () => {
  await app.close()
  await database.close()
})
await assertDatabaseIsSafe(database)
await app.listen({ port: config.port, host: config.host })
