import type { Cause } from '@muster/events'
import type { ApiPrincipal, OperatorRight, OrganizationScope } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by plugins/authentication.ts. */
    caller: ApiPrincipal | undefined
    /** Set by plugins/organization.ts. */
    organization: OrganizationScope | undefined
  }
}

/** Who is asking. */
export function callerOf(request: FastifyRequest): ApiPrincipal {
  if (request.caller === undefined) throw new MusterError('unauthenticated', 'An API key is required.')
  return request.caller
}

/** The organization the request is about; settled before the handler runs. */
export function scopeOf(request: FastifyRequest): OrganizationScope {
  if (request.organization === undefined) throw new Error('The route does not ask for an organization')
  return request.organization
}

/** What the events and the audit trail name as the cause of a change: the API key. */
export function causeOf(request: FastifyRequest): Cause {
  const caller = callerOf(request)
  return { kind: 'api', id: toTypeId('apiKey', caller.role === 'OPERATOR' ? caller.right.keyId : caller.keyId) }
}

/** The right of an operator key; other keys do not get here. */
export function operatorRightOf(request: FastifyRequest): OperatorRight {
  const caller = callerOf(request)
  if (caller.role !== 'OPERATOR') throw new MusterError('forbidden', 'Only an operator key may do this.')
  return caller.right
}
