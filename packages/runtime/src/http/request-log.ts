import type { FastifyInstance } from 'fastify'

/**
 * One line a request, when it is answered: method, path, status, duration. Never a query string, header or body: they
 * carry personal data and secrets. The id of the line is also in the answer, as `X-Request-Id`.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const level = request.routeOptions.config.quiet ? 'debug' : 'info'
    const path = request.url.split('?', 1)[0]
    const durationMs = Math.round(reply.elapsedTime * 10) / 10
    request.log[level]({ method: request.method, path, status: reply.statusCode, durationMs }, 'request answered')
  })
}
