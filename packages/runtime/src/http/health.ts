import type { FastifyInstance } from 'fastify'
import { healthRouteConfig } from './route-config.ts'

/**
 * `GET /healthz`: 200 as long as the process answers; restart it when it does not. `GET /readyz`: 200 when it can do
 * its work (`isReady`), else 503; 503 also while it closes. Send traffic only to what is ready.
 */
export function answerHealthChecks(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  const options = { config: healthRouteConfig }
  app.get('/healthz', options, async () => ({ status: 'alive' }))
  app.get('/readyz', options, async (_request, reply) => {
    const ready = !closing && (await isReady())
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
  })
}
