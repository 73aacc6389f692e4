import { isDatabaseReady } from '@muster/repository'
import { answerHealthChecks } from '@muster/runtime/http/health'
import { acceptJsonBodies } from '@muster/runtime/http/json-bodies'
import { refuseWhileClosing, shedLoad } from '@muster/runtime/http/load-shedding'
import { answerWithProblems, sendProblem } from '@muster/runtime/http/problems'
import { logRequests } from '@muster/runtime/http/request-log'
import { collectRoutes, type RouteTable } from '@muster/runtime/http/route-table'
import { serverOptions } from '@muster/runtime/http/server-options'
import { version } from '@muster/runtime/version'
import Fastify, { type FastifyInstance } from 'fastify'
import { testDirectories } from './internal/test-directory.ts'
import { requireSecret } from './require-secret.ts'
import type { TaskContext } from './tasks/task-context.ts'
import type { Worker } from './worker.ts'

interface PollerDeps {
  context: TaskContext
  worker: Pick<Worker, 'isRunning'>
  /** What other services show to be let in below `/internal/`. */
  internalSecret: string
}

/** The listener for other services of the installation; ready to listen or to be injected into. */
export async function buildApp(deps: PollerDeps): Promise<{ app: FastifyInstance; routes: RouteTable }> {
  const app: FastifyInstance = Fastify(serverOptions({ logger: deps.context.logger, sendError: sendProblem }))
  const routes = collectRoutes(app)
  answerWithProblems(app, routes)
  acceptJsonBodies(app)
  logRequests(app)
  refuseWhileClosing(app)
  shedLoad(app)
  answerHealthChecks(app, async () => deps.worker.isRunning() && (await isDatabaseReady(deps.context.database)))
  await app.register(
    async (internal) => {
      requireSecret(internal, deps.internalSecret)
      internal.get('/health', async () => ({ version, worker: deps.worker.isRunning() ? 'running' : 'stopped' }))
      testDirectories(internal, deps.context)
    },
    { prefix: '/internal' },
  )
  await app.ready()
  return { app, routes }
}
