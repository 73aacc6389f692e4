import { countSettlements, findSettlement, listSettlements, read, settleEverybody } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { changeTimeout, finish } from './finish.ts'
import { representSettlement, settlementFilters, settlementSchema, startedSchema } from './representation.ts'

const tags = ['settlements']

/** People being derived anew, after a change of settings or on demand. */
export function settlementRoutes(app: AdminApp, deps: AdminDeps): void {
  readRoutes(app, deps)
  startRoute(app, deps)
}

function readRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/settlements',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listSettlements',
        description: 'In the order in which they began.',
        querystring: closed({ ...organizationChoice, ...settlementFilters, ...pageParameters }),
        response: { 200: listOf(settlementSchema) },
      },
    },
    (request) =>
      loadPage('settlement', request.query, async (page) => {
        const { status } = request.query
        const settlements = await read(database, scopeOf(request), (reader) =>
          listSettlements(reader, { status }, page),
        )
        return settlements.map(representSettlement)
      }),
  )

  app.get(
    '/api/settlements/count',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'countSettlements',
        querystring: closed({ ...organizationChoice, ...settlementFilters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const { status } = request.query
      return { count: await read(database, scopeOf(request), (reader) => countSettlements(reader, { status })) }
    },
  )

  app.get(
    '/api/settlements/:id',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'getSettlement',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: settlementSchema },
      },
    },
    async (request) => {
      const settlementId = uuidOf('settlement', request.params.id)
      return representSettlement(
        found(await read(database, scopeOf(request), (reader) => findSettlement(reader, settlementId))),
      )
    },
  )
}

function startRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/settlements',
    {
      handlerTimeout: changeTimeout,
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'startSettlement',
        description:
          'Derives everybody anew from what directories say, of one directory or of all: changes nothing where all is as it should be. 202 while it goes on.',
        querystring: organizationQuery,
        body: optionalBody({ ...organizationChoice, directoryId: Type.Optional(Type.String({ maxLength: 64 })) }),
        response: { 200: startedSchema, 202: startedSchema },
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request)
      const directoryId = request.body?.directoryId === undefined ? null : uuidOf('directory', request.body.directoryId)
      const outcome = found(await settleEverybody(deps.database, scope, causeOf(request), directoryId))
      const { status, started } = await finish(deps, scope, outcome)
      return reply.code(status).send({ ...started, settlement: found(started.settlement ?? undefined) })
    },
  )
}
