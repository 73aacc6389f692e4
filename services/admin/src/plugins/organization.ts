import { type ApiPrincipal, chooseOrganization, type Database, type OrganizationScope } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { fromTypeId } from '@muster/runtime/type-ids'
import type { FastifyRequest } from 'fastify'
import type { AdminApp } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { callerOf } from '../request-context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What organization a route is about. Left out: the key's own, or the one an operator names by `organizationId`.
     * `path`: the one in the address. `none`: the whole installation. `optional`: the whole installation for an operator
     * who names none.
     */
    organization?: 'path' | 'none' | 'optional'
  }
}

/**
 * Settles the organization of a request, once, before its handler. Whatever names one (address, query, body, key) must
 * name the same: who is authorised by one place never acts on another (Casdoor CVE-2026-15630).
 */
export function chooseOrganizations(app: AdminApp, { database }: { database: Database }): void {
  app.decorateRequest('organization', undefined)
  app.addHook('preHandler', async (request) => {
    const { config } = request.routeOptions
    if (request.is404 || config.public || config.organization === 'none') return
    const caller = callerOf(request)
    const named = namedIn(request)
    if (config.organization === 'optional' && caller.role === 'OPERATOR' && named.length === 0) return
    const inPath = config.organization === 'path' ? (request.params as { id: string }).id : undefined
    request.organization = await settle(database, caller, inPath, named)
  })
}

async function settle(
  database: Database,
  caller: ApiPrincipal,
  inPath: string | undefined,
  named: string[],
): Promise<OrganizationScope> {
  const [id, ...others] = new Set([...(inPath === undefined ? [] : [inPath]), ...named])
  if (others.length > 0) throw contradiction()
  if (caller.role === 'OPERATOR') {
    if (id === undefined) {
      throw new MusterError('badRequest', 'An operator names the organization: organizationId is required.')
    }
    return found(await chooseOrganization(database, caller.right, uuidOf('organization', id)))
  }
  if (id === undefined || fromTypeId('organization', id) === caller.scope.organizationId) return caller.scope
  throw inPath === undefined ? contradiction() : notFound()
}

function namedIn(request: FastifyRequest): string[] {
  return [request.query, request.body]
    .map((part) => (part as { organizationId?: unknown } | null | undefined)?.organizationId)
    .filter((id) => typeof id === 'string')
}

/** One text for all, whether the other organization exists or not. */
function contradiction(): MusterError {
  return new MusterError(
    'badRequest',
    'organizationId contradicts the key, the address or itself: one request is about one organization.',
  )
}
