import { type ApiPrincipal, authenticateApiKey, type Database } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { bearerToken } from '@muster/runtime/http/bearer'
import { CredentialGate } from '@muster/runtime/http/credential-gate'
import type { RouteTable } from '@muster/runtime/http/route-table'
import type { FastifyRequest } from 'fastify'
import type { AdminApp } from '../admin-app.ts'
import { callerOf } from '../request-context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may call the route. A route has a role or is `public`; the process refuses to start else. */
    role?: ApiPrincipal['role']
  }
  interface FastifyInstance {
    /** Whether the key of a request that was let in would be now: for answers that go on for long. */
    isStillAdmitted(request: FastifyRequest): Promise<boolean>
  }
}

const ranks: Record<ApiPrincipal['role'], number> = { VIEWER: 1, ADMIN: 2, OPERATOR: 3 }

/**
 * Asks every request for a key of sufficient role, unless its route is public. Unknown addresses answer 404 to all.
 * The app does not start when one of `routes` says neither.
 */
export function authenticateRequests(
  app: AdminApp,
  routes: RouteTable,
  deps: { database: Database; pepper: string },
): void {
  const gate = new CredentialGate<ApiPrincipal>({
    kind: 'key',
    pepper: deps.pepper,
    find: (hash) => authenticateApiKey(deps.database, hash),
  })
  const admit = async (request: FastifyRequest) => {
    const key = bearerToken(request.headers.authorization)
    return key === undefined ? undefined : gate.admit(key, request.ip)
  }
  app.decorate('isStillAdmitted', async (request) => (await admit(request)) !== undefined)
  app.decorateRequest('caller', undefined)
  app.addHook('onReady', async () => {
    const open = routes.list().find(({ config }) => !config.public && config.role === undefined)
    if (open !== undefined) throw new Error(`${open.method} ${open.url} neither asks for a role nor is public`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions
    if (request.is404 || config.public) return
    reply.header('cache-control', 'no-store')
    const caller = await admit(request)
    if (caller === undefined) throw unauthenticated()
    request.caller = caller
    if (config.role === undefined || ranks[callerOf(request).role] < ranks[config.role]) {
      throw new MusterError('forbidden', `This needs a key with the role ${config.role}.`)
    }
  })
}

function unauthenticated(): MusterError {
  return new MusterError('unauthenticated', 'A valid API key is required: Authorization: Bearer muster_key_…')
}
