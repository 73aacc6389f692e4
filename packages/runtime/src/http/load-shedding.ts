import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { refuseUnlessAlways } from './route-config.ts'

/** Past these the process answers nobody well: it refuses at once what it would answer too late. */
const limits = { eventLoopDelayMilliseconds: 500, sampleMilliseconds: 500 } as const

/**
 * Refuses requests with 503 and `Retry-After` while the event loop lags; health checks are answered. Neither memory
 * (its container's to limit) nor utilization (high under any full, healthy load) is a criterion.
 */
export async function shedLoad(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: limits.eventLoopDelayMilliseconds,
    sampleInterval: limits.sampleMilliseconds,
    pressureHandler: (request, _reply, _type, value) => {
      // Infinity is "nothing measured": what a single stall leaves behind, when it is over already.
      if (Number.isFinite(value)) refuseUnlessAlways(request, 'The service is overloaded; try again later.')
    },
  })
}

/**
 * Refuses with 503 and `Retry-After` what still arrives on open connections while the process closes; what is under way
 * is answered. In place of Fastify's own answer there, which knows neither problem details nor SCIM Errors.
 */
export function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async (request) => {
    if (closing) refuseUnlessAlways(request, 'The service is closing; try again.')
  })
  // Else the connection of a request that was under way would idle, and hold up the end until it times out (72 s).
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}
