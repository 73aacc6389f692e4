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
import { CredentialGate } from '@muster/runtime/http/credential-gate'
import { decodeUuid, encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Dialects } from '../dialects.ts'
import { createContext, type DirectoryPrincipal, type SharedWork } from '../scim-context.ts'
import { checkAcceptable } from './media-types.ts'

const pausedRetrySeconds = 300

interface AuthenticationDeps {
  database: Database
  pepper: string
  publicUrl: string
  shared: SharedWork
  cursorKey: Buffer
}

/**
 * Authenticates every request below `/scim/{key}/v2` (RFC 6750): the token must be known and be the token of the
 * directory in the address. A paused directory answers 503, so that the provisioning client keeps what it has to say.
 */
export function authenticateRequests(app: FastifyInstance, deps: AuthenticationDeps): void {
  const dialects = new Dialects(deps.database)
  const gate = new CredentialGate<DirectoryPrincipal>({
    kind: 'scim',
    pepper: deps.pepper,
    find: async (hash) => {
      const principal = await authenticateScimToken(deps.database, hash)
      if (principal === undefined) return undefined
      await noteUse(deps.database, principal)
      const dialect = await dialects.dialectOf(principal.scope, principal)
      return { ...principal, dialect, baseUrl: `${deps.publicUrl}/scim/${encodeUuid(principal.directoryId)}/v2` }
    },
  })

  app.decorateRequest('scimContext', undefined)
  app.addHook('onRequest', async (request) => {
    const token = bearerToken(request.headers.authorization)
    if (token === undefined && isPublic(request)) return
    if (token === undefined) throw new MusterError('unauthenticated', 'A bearer token is required.')
    const principal = await gate.admit(token, request.ip)
    if (principal === undefined || principal.directoryId !== directoryOf(request)) {
      if (principal !== undefined) gate.noteFailure(request.ip)
      throw new MusterError('unauthenticated', 'The bearer token is not valid for this directory.')
    }
    if (principal.directoryStatus === 'PAUSED') {
      throw new MusterError('unavailable', 'This directory is paused.', { retryAfterSeconds: pausedRetrySeconds })
    }
    const context = createContext(deps, principal, request.id)
    checkAcceptable(request, context.dialect.profile)
    request.scimContext = context
  })
}

/** A well-formed key is enough there; a token that is shown must be good all the same. */
function isPublic(request: FastifyRequest): boolean {
  if (request.headers.authorization !== undefined || directoryOf(request) === undefined) return false
  return request.routeOptions.config.public === true
}

/** Read off the address: an unknown route below the base URL has no parameters, and is authenticated like any other. */
function directoryOf(request: FastifyRequest): string | undefined {
  return decodeUuid(/^\/scim\/([^/?]+)/.exec(request.url)?.[1] ?? '')
}

/** The first use activates the directory; every use is noted, though no more than once a minute. */
function noteUse(database: Database, principal: ScimPrincipal): Promise<void> {
  const { directoryId, tokenId } = principal
  return transact(database, principal.scope, { kind: 'scim', id: toTypeId('token', tokenId) }, async (tx) => {
    await touchDirectoryToken(tx, directoryId, tokenId)
    if (principal.directoryStatus === 'PENDING') await activateDirectory(tx, directoryId)
  })
}
