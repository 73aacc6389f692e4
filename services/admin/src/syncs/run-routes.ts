import { countRuns, findDirectory, findRun, listRunProblems, listRuns, type RunQuery, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import {
  representProblem,
  representRun,
  runProblemSchema,
  runPurposes,
  runSchema,
  runStatuses,
} from './representation.ts'

const tags = ['syncs']
const config = { role: 'VIEWER' } as const

const filters = {
  purpose: Type.Optional(Type.Enum(runPurposes)),
  status: Type.Optional(Type.Enum(runStatuses)),
}

/** The history of syncs: which runs there were, what became of them, what they could not take in. */
export function runRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  detailRoutes(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/directory/:id/runs',
    {
      config,
      schema: {
        tags,
        operationId: 'listRuns',
        description:
          'Syncs, plans and undos of a directory, the newest first. Empty for directories that are pushed to.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...filters, ...pageParameters }),
        response: { 200: listOf(runSchema) },
      },
    },
    (request) =>
      loadPage('syncRun', request.query, (page) =>
        read(database, scopeOf(request), async (reader) => {
          const query = queryOf(request.params.id, request.query)
          found(await findDirectory(reader, query.directoryId))
          return (await listRuns(reader, query, page)).map(representRun)
        }),
      ),
  )

  app.get(
    '/api/directory/:id/runs/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countRuns',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...filters }),
        response: { 200: countOf },
      },
    },
    (request) =>
      read(database, scopeOf(request), async (reader) => {
        const query = queryOf(request.params.id, request.query)
        found(await findDirectory(reader, query.directoryId))
        return { count: await countRuns(reader, query) }
      }),
  )
}

function detailRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/runs/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getRun',
        description: 'A run, and how far it is while it is under way.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: runSchema },
      },
    },
    async (request) => {
      const runId = uuidOf('syncRun', request.params.id)
      return representRun(found(await read(database, scopeOf(request), (reader) => findRun(reader, runId))))
    },
  )

  app.get(
    '/api/runs/:id/problems',
    {
      config,
      schema: {
        tags,
        operationId: 'listRunProblems',
        description: 'Records of the source that could not be taken in, and why.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(runProblemSchema) },
      },
    },
    async (request) => {
      const runId = uuidOf('syncRun', request.params.id)
      const limit = Number(request.query.limit ?? pageRowsDefault)
      // One more than the page holds tells whether another page follows.
      const page = { after: positionOf(request.query.after), limit: limit + 1 }
      const problems = await read(database, scopeOf(request), async (reader) => {
        found(await findRun(reader, runId))
        return listRunProblems(reader, runId, page)
      })
      const shown = problems.slice(0, limit)
      const last = problems.length > limit ? shown.at(-1) : undefined
      return { data: shown.map(representProblem), nextCursor: last === undefined ? null : String(last.problemId) }
    },
  )
}

function queryOf(id: string, { purpose, status }: Static<ReturnType<typeof closed<typeof filters>>>): RunQuery {
  return { directoryId: uuidOf('directory', id), purpose, status }
}

function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new MusterError('invalidValue', 'query.after is not a cursor of this list.')
}
