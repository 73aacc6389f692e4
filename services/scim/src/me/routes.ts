import { MusterError } from '@muster/runtime/errors'
import type { FastifyInstance } from 'fastify'

/**
 * `/Me` is an alias for the user who is authenticated (RFC 7644 §3.11). A directory's token speaks for a provisioning
 * client and for no user, so every method answers 501.
 */
export function meRoutes(app: FastifyInstance): void {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    app.route({
      method,
      url: '/Me',
      handler: async () => {
        throw new MusterError('notImplemented', 'The token of a directory speaks for no user, so there is no /Me.')
      },
    })
  }
}
