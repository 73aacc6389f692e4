import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { isDatabaseReady } from '@muster/repository'
import { answerHealthChecks } from '@muster/runtime/http/health'
import { acceptJsonBodies } from '@muster/runtime/http/json-bodies'
import { refuseWhileClosing, shedLoad } from '@muster/runtime/http/load-shedding'
import { answerWithProblems, sendProblem } from '@muster/runtime/http/problems'
import { logRequests } from '@muster/runtime/http/request-log'
import { collectRoutes, type RouteTable } from '@muster/runtime/http/route-table'
import { serverOptions } from '@muster/runtime/http/server-options'
import Fastify, { type FastifyInstance } from 'fastify'
import type { AdminApp, AdminDeps } from './admin-app.ts'
import { analyticsRoutes } from './analytics/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { directoryRoutes } from './directories/routes.ts'
import { directorySettingsRoutes } from './directories/settings-routes.ts'
import { directoryStateRoutes } from './directories/state-routes.ts'
import { tokenRoutes } from './directories/token-routes.ts'
import { eventTypeRoutes } from './event-types/routes.ts'
import { eventRoutes } from './events/routes.ts'
import { explainRoutes } from './explain/routes.ts'
import { groupRoutes } from './groups/routes.ts'
import { holdDecisionRoutes } from './holds/decision-routes.ts'
import { holdRoutes } from './holds/routes.ts'
import { hookChangeRoutes } from './hooks/change-routes.ts'
import { hookRoutes } from './hooks/routes.ts'
import { hookTestRoute } from './hooks/test-route.ts'
import { keyRoutes } from './keys/routes.ts'
import { notificationRoutes } from './notifications/routes.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { authenticateRequests } from './plugins/authentication.ts'
import { describeApi } from './plugins/openapi.ts'
import { chooseOrganizations } from './plugins/organization.ts'
import { requestRoutes } from './requests/routes.ts'
import { roleMappingChangeRoutes } from './role-mappings/change-routes.ts'
import { roleMappingRoutes } from './role-mappings/routes.ts'
import { roleRoutes } from './roles/routes.ts'
import { schemaRoutes } from './schemas/routes.ts'
import { settlementRoutes } from './settlements/routes.ts'
import { runChangesRoutes } from './syncs/changes-routes.ts'
import { runRequestRoutes } from './syncs/request-routes.ts'
import { runRoutes } from './syncs/run-routes.ts'
import { directoryTestRoutes } from './syncs/test-routes.ts'
import { testDirectoryRoutes } from './test-directories/routes.ts'
import { simulateRoute } from './test-directories/simulate-route.ts'
import { userChangeRoutes } from './users/change-routes.ts'
import { userRoutes } from './users/routes.ts'
import { webhookChangeRoutes } from './webhooks/change-routes.ts'
import { deliveryRoutes } from './webhooks/delivery-routes.ts'
import { redeliveryRoutes } from './webhooks/redelivery-routes.ts'
import { webhookRoutes } from './webhooks/routes.ts'
import { webhookTestRoute } from './webhooks/test-route.ts'

/** The management API, ready to listen or to be injected into; and its routes, for checks over all of them. */
export async function buildApp(deps: AdminDeps): Promise<{ app: FastifyInstance; routes: RouteTable }> {
  const server: FastifyInstance = Fastify(serverOptions({ logger: deps.logger, sendError: sendProblem }))
  const routes = collectRoutes(server)
  answerWithProblems(server, routes)
  acceptJsonBodies(server)
  logRequests(server)
  refuseWhileClosing(server)
  if (deps.shedsLoad ?? true) shedLoad(server)
  const app: AdminApp = server.withTypeProvider<TypeBoxTypeProvider>()
  authenticateRequests(app, routes, deps)
  chooseOrganizations(app, deps)
  await describeApi(app)
  answerHealthChecks(server, () => isDatabaseReady(deps.database))
  for (const addRoutes of resources) addRoutes(app, deps)
  await app.ready()
  return { app: server, routes }
}

const resources = [
  organizationRoutes,
  keyRoutes,
  directoryRoutes,
  directorySettingsRoutes,
  directoryStateRoutes,
  tokenRoutes,
  directoryTestRoutes,
  runRequestRoutes,
  runRoutes,
  runChangesRoutes,
  notificationRoutes,
  testDirectoryRoutes,
  simulateRoute,
  schemaRoutes,
  userRoutes,
  userChangeRoutes,
  roleRoutes,
  roleMappingRoutes,
  roleMappingChangeRoutes,
  groupRoutes,
  explainRoutes,
  settlementRoutes,
  holdRoutes,
  holdDecisionRoutes,
  hookRoutes,
  hookChangeRoutes,
  hookTestRoute,
  eventRoutes,
  eventTypeRoutes,
  webhookRoutes,
  webhookChangeRoutes,
  webhookTestRoute,
  deliveryRoutes,
  redeliveryRoutes,
  requestRoutes,
  auditRoutes,
  analyticsRoutes,
] as const
