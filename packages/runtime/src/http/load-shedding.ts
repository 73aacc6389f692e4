import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { refuseUnlessAlways } from './route-config.ts'

/** Past this the process answers nobody well: a timer that comes so much too late, so many times in a row. */
const overload = { sampleMilliseconds: 250, lateMilliseconds: 250, samplesInARow: 2 } as const

/**
 * Refuses requests with 503 and `Retry-After` while the event loop lags; health checks are answered. A single stall is
 * no overload: it is over when the next request comes. (@fastify/under-pressure 9.2 sheds for a whole sample after one,
 * because its histogram is then empty.) Neither memory, its container's to limit, nor utilization, high under any full,
 * healthy load, is a criterion.
 */
export function shedLoad(app: FastifyInstance): void {
  let lateInARow = 0
  let sampledAt = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    const late = now - sampledAt - overload.sampleMilliseconds > overload.lateMilliseconds
    lateInARow = late ? lateInARow + 1 : 0
    sampledAt = now
  }, overload.sampleMilliseconds)
  timer.unref()
  app.addHook('onClose', async () => clearInterval(timer))
  app.addHook('onRequest', async (request) => {
    if (lateInARow < overload.samplesInARow) return
    refuseUnlessAlways(request, 'The service is overloaded; try again later.')
  })
}

/**
 * Refuses with 503 and `Retry-After` what still arrives on open connections while the process closes; what is under way
 * is answered. In place of Fastify's own answer there, which knows neither problem details nor SCIM Errors.
 */
export function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false
  const unused = unusedConnections(app)
  app.addHook('preClose', async () => {
    closing = true
    for (const socket of unused) socket.destroy()
  })
  app.addHook('onRequest', async (request) => {
    if (closing) refuseUnlessAlways(request, 'The service is closing; try again.')
  })
  // Else the connection of a request that was under way would idle, and hold up the end until it times out (72 s).
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}

/**
 * Connections without a first request: browsers and proxies open some in advance. Node takes them for busy, and would wait for their
 * request for a minute.
 */
function unusedConnections({ server }: FastifyInstance): ReadonlySet<Socket> {
  const unused = new Set<Socket>()
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => void unused.delete(socket))
  return unused
}
