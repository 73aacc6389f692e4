import {
  activateDirectory,
  authenticateScimToken,
  type Database,
  type ScimPrincipal,
  touchDirectoryToken,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { bearerToken } from '@muster/runtime/http/bearer'
import { FailureLimit } from '@muster/runtime/http/failure-limit'
import { hashToken, isToken } from '@muster/runtime/tokens'
import { TtlCache } from '@muster/runtime/ttl-cache'
import { decodeUuid } from '@muster/runtime/type-ids'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createContext } from '../scim-context.ts'

/** A revoked token works at most this long; also how often its use is noted. */
const cacheMilliseconds = 5_000
const cacheEntriesMax = 10_000
/** How long a token that was good is exempt from the limit of its address. */
const provenMilliseconds = 3_600_000
const pausedRetrySeconds = 300
const failureLimit = { failuresMax: 100, windowSeconds: 60, addressesMax: 10_000 } as const

interface AuthenticationDeps {
  database: Database
  pepper: string
  publicUrl: string
}

/**
 * Authenticates every request below `/scim/{key}/v2` (RFC 6750): the token must be known and be the token of the
 * directory in the address. A paused directory answers 503, so that the provisioning client keeps what it has to say.
 */
export function authenticateRequests(app: FastifyInstance, deps: AuthenticationDeps): void {
  const principals = new TtlCache<string, ScimPrincipal>({
    milliseconds: cacheMilliseconds,
    entriesMax: cacheEntriesMax,
  })

  const failures = new FailureLimit(failureLimit)
  // Clients of several organizations share an address (a cloud's, a proxy's): the failures of one shut out no other.
  const proven = new TtlCache<string, boolean>({ milliseconds: provenMilliseconds, entriesMax: cacheEntriesMax })

  const findPrincipal = async (request: FastifyRequest, token: string): Promise<ScimPrincipal | undefined> => {
    const hash = hashToken(deps.pepper, token)
    const cacheKey = hash.toString('base64')
    const cached = principals.get(cacheKey)
    if (cached !== undefined) return cached
    const isProven = proven.get(cacheKey) ?? false
    if (!isProven) failures.check(request.ip)
    if (!isToken('scim', token)) return undefined
    const principal = await authenticateScimToken(deps.database, hash)
    if (principal !== undefined) {
      await noteUse(deps.database, principal, request.id)
      principals.set(cacheKey, principal)
    }
    if (principal !== undefined || isProven) proven.set(cacheKey, principal !== undefined)
    return principal
  }

  app.decorateRequest('scimContext', undefined)
  app.addHook('onRequest', async (request) => {
    const token = bearerToken(request.headers.authorization)
    if (token === undefined) throw new MusterError('unauthenticated', 'A bearer token is required.')
    const principal = await findPrincipal(request, token)
    if (principal === undefined || principal.directoryId !== directoryOf(request)) {
      failures.note(request.ip)
      throw new MusterError('unauthenticated', 'The bearer token is not valid for this directory.')
    }
    if (principal.directoryStatus === 'PAUSED') {
      throw new MusterError('unavailable', 'This directory is paused.', { retryAfterSeconds: pausedRetrySeconds })
    }
    request.scimContext = createContext(deps, principal, request.id)
  })
}

/** Read off the address: an unknown route below the base URL has no parameters, and is authenticated like any other. */
function directoryOf(request: FastifyRequest): string | undefined {
  return decodeUuid(/^\/scim\/([^/?]+)/.exec(request.url)?.[1] ?? '')
}

/** The first use activates the directory; every use is noted, though no more than once a minute. */
function noteUse(database: Database, principal: ScimPrincipal, requestId: string): Promise<void> {
  const { directoryId, tokenId } = principal
  return transact(database, principal.scope, { kind: 'scim', id: requestId }, async (tx) => {
    await touchDirectoryToken(tx, directoryId, tokenId)
    if (principal.directoryStatus === 'PENDING') await activateDirectory(tx, directoryId)
  })
}
