import sensible from '@fastify/sensible'
import { connectors } from '@muster/connectors/registry'
import { type Database, isDatabaseReady } from '@muster/repository'
import { answerHealthChecks } from '@muster/runtime/http/health'
import { refuseWhileClosing, shedLoad } from '@muster/runtime/http/load-shedding'
import { logRequests } from '@muster/runtime/http/request-log'
import { collectRoutes, type RouteTable } from '@muster/runtime/http/route-table'
import { serverOptions } from '@muster/runtime/http/server-options'
import type { Logger } from '@muster/runtime/logger'
import Fastify, { type FastifyInstance } from 'fastify'
import { bulkRoutes } from './bulk/routes.ts'
import { discoveryRoutes } from './discovery/routes.ts'
import { groupRoutes } from './groups/routes.ts'
import { cursorKey } from './lists/cursors.ts'
import { meRoutes } from './me/routes.ts'
import { notificationRoutes } from './notifications/routes.ts'
import { authenticateRequests } from './plugins/authentication.ts'
import { acceptScimBodies } from './plugins/media-types.ts'
import { answerUnknownRoutes, refuseBrokenRequest, sendScimError } from './plugins/scim-errors.ts'
import { keepRequestLog } from './request-log/keep-request-log.ts'
import { recordUnrouted } from './request-log/record-exchanges.ts'
import { RequestLog } from './request-log/request-log.ts'
import { canonicalAddress } from './requests/canonical-address.ts'
import { resourceRoutes } from './resources/routes.ts'
import { createChanges } from './users/changes.ts'
import { createCreations } from './users/creations.ts'
import { createLookUps } from './users/look-ups.ts'
import { userRoutes } from './users/routes.ts'

interface ScimDeps {
  database: Database
  /** Key of the HMAC under which tokens are stored. */
  pepper: string
  /** What identity providers reach this service by, without a slash at its end. */
  publicUrl: string
  /** Whether discovery documents are shown without a token; they are unless this says no. */
  publicDiscovery?: boolean
  /** The SCIM request log, and how much of it a directory keeps; none when left out. */
  requestLog?: { rowsMax: number } | undefined
  /** What reads each type of directory; every connector there is when left out. */
  connectors?: typeof connectors
  /** Whether an overloaded process refuses requests; it does unless this says otherwise. */
  shedsLoad?: boolean
  logger: Logger
}

/**
 * The SCIM service provider (RFC 7644), one base URL a directory: `/scim/{key}/v2`; and, since it is what faces the internet, where
 * sources tell of changes. Also its routes, for checks.
 */
export async function buildApp(deps: ScimDeps): Promise<{ app: FastifyInstance; routes: RouteTable }> {
  const requestLog = deps.requestLog && new RequestLog({ ...deps, ...deps.requestLog })
  const app: FastifyInstance = Fastify({
    ...serverOptions({
      logger: deps.logger,
      sendError: requestLog ? recordUnrouted(requestLog.buffer, sendScimError) : sendScimError,
    }),
    clientErrorHandler: refuseBrokenRequest,
    rewriteUrl: (request) => canonicalAddress(request.url ?? '/'),
  })
  const routes = collectRoutes(app)
  app.setErrorHandler(sendScimError)
  answerUnknownRoutes(app, routes)
  acceptScimBodies(app)
  logRequests(app)
  if (requestLog) keepRequestLog(app, requestLog)
  refuseWhileClosing(app)
  if (deps.shedsLoad ?? true) shedLoad(app)
  await app.register(sensible)
  answerHealthChecks(app, () => isDatabaseReady(deps.database))
  const shared = {
    lookUps: createLookUps(deps.database),
    creations: createCreations(deps.database),
    changes: createChanges(deps.database),
  }
  // Work goes on when the connection that asked for it is gone.
  app.addHook('onClose', async () => {
    await Promise.all([shared.lookUps.idle(), shared.creations.idle(), shared.changes.idle()])
  })
  await app.register(
    async (directory) => {
      authenticateRequests(directory, { ...deps, shared, cursorKey: cursorKey(deps.pepper) })
      answerUnknownRoutes(directory, routes)
      discoveryRoutes(directory, { publicUrl: deps.publicUrl, isPublic: deps.publicDiscovery ?? true })
      meRoutes(directory)
      userRoutes(directory)
      groupRoutes(directory)
      bulkRoutes(directory)
      resourceRoutes(directory)
    },
    { prefix: '/scim/:key/v2' },
  )
  await app.register(notificationRoutes, { connectors, ...deps })
  await app.ready()
  return { app, routes }
}
