import { type Arrival, countArrivals, findHook, listArrivals, listHooks, type Reader, read } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { callerOf, scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { arrivalSchema, arrivalStates, hookSchema, representArrival, representHook } from './representation.ts'

const tags = ['hooks']
const config = { role: 'VIEWER' } as const
const filters = { state: Type.Optional(Type.Enum(arrivalStates, { description: 'Default `waiting`.' })) }

/** Inline hooks, and who waits for them. */
export function hookRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  arrivalRoutes(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/hooks',
    {
      config,
      schema: {
        tags,
        operationId: 'listHooks',
        description: 'The hooks of the organization, at most one of a kind.',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(hookSchema) },
      },
    },
    (request) =>
      loadPage('hook', request.query, async ({ after = '', limit }) => {
        const hooks = await read(database, scopeOf(request), listHooks)
        const page = hooks.filter(({ hookId }) => hookId > after).slice(0, limit)
        return page.map((hook) => representHook(hook, callerOf(request).role))
      }),
  )

  app.get(
    '/api/hooks/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countHooks',
        description: 'How many hooks the organization has.',
        querystring: organizationQuery,
        response: { 200: countOf },
      },
    },
    async (request) => ({ count: (await read(database, scopeOf(request), listHooks)).length }),
  )

  app.get(
    '/api/hooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getHook',
        description: 'One hook, and how it does.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: hookSchema },
      },
    },
    async (request) => {
      const id = uuidOf('hook', request.params.id)
      return representHook(
        found(await read(database, scopeOf(request), (reader) => findHook(reader, id))),
        callerOf(request).role,
      )
    },
  )
}

function arrivalRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/hooks/:id/arrivals',
    {
      config,
      schema: {
        tags,
        operationId: 'listArrivals',
        description:
          'Users of directories without a person: those whom the hook is yet to be asked about, and those whom it vetoed. None of an `after_create`.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...filters, ...pageParameters }),
        response: { 200: listOf(arrivalSchema) },
      },
    },
    (request) => {
      const id = uuidOf('hook', request.params.id)
      return loadPage('user', request.query, async (page) => {
        const { state = 'waiting' } = request.query
        const arrivals = await read(
          database,
          scopeOf(request),
          async (reader): Promise<Arrival[]> => ((await decides(reader, id)) ? listArrivals(reader, state, page) : []),
        )
        return arrivals.map(representArrival)
      })
    },
  )

  app.get(
    '/api/hooks/:id/arrivals/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countArrivals',
        description: 'How many wait for the hook, or were vetoed by it.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...filters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const id = uuidOf('hook', request.params.id)
      const { state = 'waiting' } = request.query
      const count = await read(database, scopeOf(request), async (reader) =>
        (await decides(reader, id)) ? countArrivals(reader, state) : 0,
      )
      return { count }
    },
  )
}

/** @throws `notFound` */
async function decides(reader: Reader, hookId: string): Promise<boolean> {
  return found(await findHook(reader, hookId)).kind === 'before_create'
}
