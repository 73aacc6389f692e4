import { type RunRequest, requestRun, requestUndo, type SyncRun, type Transaction, transact } from '@muster/repository'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { awaitRun, patienceOf, waitMember, waitTimeout } from './await-run.ts'
import { changeCountsSchema, representRun, runSchema } from './representation.ts'

const route = { handlerTimeout: waitTimeout, config: { role: 'ADMIN' } } as const
const parts = { tags: ['syncs'], params: idParams, querystring: organizationQuery }

const runBody = optionalBody({
  ...organizationChoice,
  scan: Type.Optional(Type.Literal('full', { description: 'Reads everything, also when changes would do.' })),
  wait: waitMember,
})
const undoBody = optionalBody({ ...organizationChoice, wait: waitMember })

const underWay = Type.Object({ run: runSchema }, { description: 'It goes on: GET /api/runs/{id} says how far it is.' })
const synced = Type.Object({ synced: Type.Integer({ description: 'Users that were read.' }), run: runSchema })
const planned = Type.Object({ planned: changeCountsSchema, run: runSchema })

const failures = `202 when it takes longer. 422 with a \`code\` and a \`hint\` when the source cannot be read, 409 for SCIM directories and
while another run is under way.`

/** Runs on demand: a poller does them, and the request waits for a while. */
export function runRequestRoutes(app: AdminApp, deps: AdminDeps): void {
  syncRoute(app, deps)
  planRoute(app, deps)
  undoRoute(app, deps)
}

function syncRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/directory/:id/sync',
    {
      ...route,
      schema: {
        ...parts,
        operationId: 'syncDirectory',
        description: `Reads the directory now; a sync that waits or is under way is joined. ${failures}`,
        body: runBody,
        response: { 200: synced, 202: underWay },
      },
    },
    async (request, reply) => {
      const run = await runNow(deps, request, reply, request.body, runOf(request.params.id, 'sync', request.body))
      if (run.finishedAt === null) return reply.code(202).send({ run: representRun(run) })
      return reply.code(200).send({ synced: run.read.users, run: representRun(run) })
    },
  )
}

function planRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/directory/:id/plan',
    {
      ...route,
      schema: {
        ...parts,
        operationId: 'planDirectorySync',
        description: `Reads the directory and says what a sync would do; changes nothing. Also when it is paused. ${failures}`,
        body: runBody,
        response: { 200: planned, 202: underWay },
      },
    },
    async (request, reply) => {
      const run = await runNow(deps, request, reply, request.body, runOf(request.params.id, 'plan', request.body))
      if (run.finishedAt === null) return reply.code(202).send({ run: representRun(run) })
      return reply.code(200).send({ planned: run.changeCounts, run: representRun(run) })
    },
  )
}

function undoRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/runs/:id/undo',
    {
      ...route,
      schema: {
        ...parts,
        operationId: 'undoRun',
        description: `Pauses the directory and takes back what a completed sync did, with the same ids; what was changed since is left and
reported as a problem of the run that takes back. It stays paused until somebody resumes it. 202 when it takes longer.`,
        body: undoBody,
        response: { 200: underWay, 202: underWay },
      },
    },
    async (request, reply) => {
      const runId = uuidOf('syncRun', request.params.id)
      const run = await runNow(deps, request, reply, request.body, (tx) => requestUndo(tx, runId))
      return reply.code(run.finishedAt === null ? 202 : 200).send({ run: representRun(run) })
    },
  )
}

function runOf(id: string, purpose: RunRequest['purpose'], body: { scan?: 'full' } | null | undefined) {
  const directoryId = uuidOf('directory', id)
  return (tx: Transaction) => requestRun(tx, directoryId, { purpose, scan: body?.scan, occasion: 'manual' })
}

/** Requests a run and waits for it as long as the client likes. */
async function runNow(
  deps: AdminDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  body: { wait?: boolean | number } | null | undefined,
  requestIt: (tx: Transaction) => Promise<{ run: SyncRun } | undefined>,
): Promise<SyncRun> {
  const scope = scopeOf(request)
  const { run } = found(await transact(deps.database, scope, causeOf(request), requestIt))
  return awaitRun(deps, scope, run, patienceOf(request, reply, body?.wait))
}
