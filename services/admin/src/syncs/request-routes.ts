import { requestRun, requestUndo, transact } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { awaitRun, patienceOf, waitMember, waitTimeout } from './await-run.ts'
import { changeCountsSchema, representRun, runSchema } from './representation.ts'

const tags = ['syncs']
const parts = { tags, params: idParams, querystring: organizationQuery }
const route = { handlerTimeout: waitTimeout, config: { role: 'ADMIN' } } as const

const runBody = optionalBody({
  ...organizationChoice,
  scan: Type.Optional(Type.Literal('full', { description: 'Reads everything, also when changes would do.' })),
  wait: waitMember,
})
const underWay = Type.Object({ run: runSchema }, { description: 'The run goes on; GET /api/runs/{id} says how far.' })
const undone = Type.Object({ run: runSchema })
const synced = Type.Object({
  synced: Type.Integer({ description: 'Users that were read.' }),
  run: runSchema,
})
const planned = Type.Object({ planned: changeCountsSchema, run: runSchema })

const failures =
  '422 with a `code` for what went wrong and a `hint` when the source cannot be read, 409 for SCIM directories and while another run is under way.'

/** Runs on demand: sync, plan, undo. A poller does them; the request waits for a while. */
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
        description: `Reads the directory now. A run that waits or is under way is joined. 202 when it takes longer. ${failures}`,
        body: runBody,
        response: { 200: synced, 202: underWay },
      },
    },
    async (request, reply) => {
      const run = await requestAndWait(request, reply, 'sync')
      if (run.finishedAt === null) return reply.code(202).send({ run: representRun(run) })
      return reply.code(200).send({ synced: run.read.users, run: representRun(run) })
    },
  )

  const requestAndWait = requesting(deps)
}

function planRoute(app: AdminApp, deps: AdminDeps): void {
  const requestAndWait = requesting(deps)
  app.post(
    '/api/directory/:id/plan',
    {
      ...route,
      schema: {
        ...parts,
        operationId: 'planDirectorySync',
        description: `Reads the directory and says what a sync would change; changes nothing. Also for paused directories. 202 when it takes longer. ${failures}`,
        body: runBody,
        response: { 200: planned, 202: underWay },
      },
    },
    async (request, reply) => {
      const run = await requestAndWait(request, reply, 'plan')
      if (run.finishedAt === null) return reply.code(202).send({ run: representRun(run) })
      return reply.code(200).send({ planned: run.changeCounts, run: representRun(run) })
    },
  )
}
