import { countHolds, findHold, type HoldQuery, listHeldChanges, listHolds, read } from '@muster/repository'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid, found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import {
  fromCursor,
  heldChangeSchema,
  holdDetailSchema,
  holdSchema,
  holdStatuses,
  representHeldChange,
  representHold,
  representHoldDetail,
  toCursor,
} from './representation.ts'

const tags = ['holds']
const config = { role: 'VIEWER' } as const

const filters = {
  status: Type.Optional(Type.Enum(holdStatuses)),
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
}

/** Removals that wait for a decision: which there are, and what is in them. */
export function holdRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  detailRoutes(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/holds',
    {
      config,
      schema: {
        tags,
        operationId: 'listHolds',
        description:
          'Removals that the guard holds until somebody decides, and those that were decided; the newest first.',
        querystring: closed({ ...organizationChoice, ...filters, ...pageParameters }),
        response: { 200: listOf(holdSchema) },
      },
    },
    (request) =>
      loadPage('hold', request.query, async (page) => {
        const query = readFilters(request.query)
        return (await read(database, scopeOf(request), (reader) => listHolds(reader, query, page))).map(representHold)
      }),
  )

  app.get(
    '/api/holds/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countHolds',
        description: 'How many holds there are of a kind.',
        querystring: closed({ ...organizationChoice, ...filters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const query = readFilters(request.query)
      return { count: await read(database, scopeOf(request), (reader) => countHolds(reader, query)) }
    },
  )
}

function detailRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/holds/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getHold',
        description: 'One hold, with how many removals wait in it now.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: holdDetailSchema },
      },
    },
    async (request) => {
      const holdId = uuidOf('hold', request.params.id)
      return representHoldDetail(found(await read(database, scopeOf(request), (reader) => findHold(reader, holdId))))
    },
  )

  app.get(
    '/api/holds/:id/changes',
    {
      config,
      schema: {
        tags,
        operationId: 'listHeldChanges',
        description: 'What an approval would change, as it is now: people first, then groups, then memberships.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(heldChangeSchema) },
      },
    },
    async (request) => {
      const holdId = uuidOf('hold', request.params.id)
      const { after, limit = String(pageRowsDefault) } = request.query
      // One more than the page holds tells whether another page follows.
      const page = { after: after === undefined ? undefined : fromCursor(after), limit: Number(limit) + 1 }
      const changes = await read(database, scopeOf(request), async (reader) => {
        found(await findHold(reader, holdId))
        return listHeldChanges(reader, holdId, page)
      })
      const shown = changes.slice(0, Number(limit))
      const last = shown.at(-1)
      return {
        data: shown.flatMap(({ change }) => (change === undefined ? [] : [representHeldChange(change)])),
        nextCursor: changes.length > shown.length && last !== undefined ? toCursor(last.position) : null,
      }
    },
  )
}

function readFilters({ status, directoryId }: Static<ReturnType<typeof closed<typeof filters>>>): HoldQuery {
  return { status, directoryId: filterUuid('directory', 'directoryId', directoryId) }
}
