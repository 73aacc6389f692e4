import type { FastifyInstance } from 'fastify'
import { recordExchanges } from './record-exchanges.ts'
import type { RequestLog } from './request-log.ts'

/** Keeps the request log of an app, from its start to the last answer. To be called before routes are registered. */
export function keepRequestLog(app: FastifyInstance, log: RequestLog): void {
  recordExchanges(app, log.buffer)
  app.addHook('onReady', async () => log.start())
  app.addHook('onClose', () => log.close())
}
