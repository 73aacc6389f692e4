import { type ApiPrincipal, authenticateApiKey, type Database } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { bearerToken } from '@muster/runtime/http/bearer'
import { FailureLimit } from '@muster/runtime/http/failure-limit'
import type { RouteTable } from '@muster/runtime/http/route-table'
import { hashToken, isToken } from '@muster/runtime/tokens'
import { TtlCache } from '@muster/runtime/ttl-cache'
import type { AdminApp } from '../admin-app.ts'
import { callerOf } from '../request-context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may call the route. A route has a role or is `public`; the process refuses to start else. */
    role?: ApiPrincipal['role']
  }
}

const ranks: Record<ApiPrincipal['role'], number> = { VIEWER: 1, ADMIN: 2, OPERATOR: 3 }

/** A revoked key works at most this long. */
const cached = { milliseconds: 5_000, entriesMax: 1_000 } as const
/** A key that worked within the last hour is not held up by the failures of others behind the same address. */
const proven = { milliseconds: 3_600_000, entriesMax: 10_000 } as const
const failures = { failuresMax: 30, windowSeconds: 60, addressesMax: 10_000 } as const

/**
 * Asks every request for a key of sufficient role, unless its route is public. Unknown addresses answer 404 to all.
 * The app does not start when one of `routes` says neither.
 */
export function authenticateRequests(
  app: AdminApp,
  routes: RouteTable,
  deps: { database: Database; pepper: string },
): void {
  const authenticate = createAuthenticator(deps)
  app.decorateRequest('caller', undefined)
  app.addHook('onReady', async () => {
    const open = routes.list().find(({ config }) => !config.public && config.role === undefined)
    if (open !== undefined) throw new Error(`${open.method} ${open.url} neither asks for a role nor is public`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions
    if (request.is404 || config.public) return
    reply.header('cache-control', 'no-store')
    request.caller = await authenticate(request.headers.authorization, request.ip)
    if (config.role === undefined || ranks[callerOf(request).role] < ranks[config.role]) {
      throw new MusterError('forbidden', `This needs a key with the role ${config.role}.`)
    }
  })
}

/** Turns the value of an Authorization header into who is asking. @throws `unauthenticated`, `tooManyRequests` */
function createAuthenticator({ database, pepper }: { database: Database; pepper: string }) {
  const callers = new TtlCache<string, ApiPrincipal>(cached)
  const knownKeys = new TtlCache<string, true>(proven)
  const limit = new FailureLimit(failures)

  return async (authorization: string | undefined, address: string): Promise<ApiPrincipal> => {
    const key = bearerToken(authorization)
    if (key === undefined) throw unauthenticated()
    const hash = hashToken(pepper, key)
    const cacheKey = hash.toString('base64')
    const known = callers.get(cacheKey)
    if (known !== undefined) return known
    if (knownKeys.get(cacheKey) === undefined) limit.check(address)
    const caller = isToken('key', key) ? await authenticateApiKey(database, hash) : undefined
    if (caller === undefined) {
      limit.note(address)
      throw unauthenticated()
    }
    callers.set(cacheKey, caller)
    knownKeys.set(cacheKey, true)
    return caller
  }
}

function unauthenticated(): MusterError {
  return new MusterError('unauthenticated', 'A valid API key is required: Authorization: Bearer muster_key_…')
}
