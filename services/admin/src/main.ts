import { connectors } from '@muster/connectors'
import { assertDatabaseIsSafe, openDatabase } from '@muster/repository'
import { onShutdown } from '@muster/runtime/lifecycle'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { orExit } from '@muster/runtime/settings'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { createPollerClient } from './syncs/poller-client.ts'

const config = orExit(() => readConfig(process.env))
const logger = createLogger({ service: 'admin', level: config.logLevel })
const database = openDatabase({
  url: config.databaseUrl,
  onIdleError: (err) => logger.warn({ err }, 'a database connection was lost'),
})
const outbound = createOutbound({ allowedHosts: config.outboundAllowedHosts })
const poller = createPollerClient({ origin: config.pollerUrl, secret: config.internalSecret })
const { pepper, rootKeys, scimBaseUrl, isProduction } = config
const settings = { pepper, rootKeys, scimBaseUrl, isProduction }
const { app } = await buildApp({ ...settings, database, outbound, connectors, poller, logger })
onShutdown(logger, async () => {
  await app.close()
  await Promise.all([database.close(), outbound.close()])
})
await assertDatabaseIsSafe(database)
await app.listen({ port: config.port, host: config.host })
