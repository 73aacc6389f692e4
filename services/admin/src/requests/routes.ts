import { countScimRequests, findScimRequest, listScimRequests, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, pageParameters, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { readFilters, requestFilters } from './filters.ts'
import { representRequest, representRequestDetail, requestDetailSchema, requestSchema } from './representation.ts'

const tags = ['requests']
const config = { role: 'VIEWER' } as const
const description = `The SCIM requests of the organization's directories and what was answered, the newest first. Personal data and
secrets are masked; the log is bounded in time and in rows a directory.`

/** The SCIM request log. */
export function requestRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/requests',
    {
      config,
      schema: {
        tags,
        operationId: 'listRequests',
        description,
        querystring: closed({ ...organizationChoice, ...requestFilters, ...pageParameters }),
        response: { 200: listOf(requestSchema) },
      },
    },
    async (request) => {
      const { after, limit = String(pageRowsDefault) } = request.query
      if (after !== undefined && !isUuid(after)) {
        throw new MusterError('invalidValue', 'query.after is not a cursor of this list.')
      }
      const filters = readFilters(request.query)
      // One more than the page holds tells whether another page follows.
      const page = { after, limit: Number(limit) + 1 }
      const rows = await read(database, scopeOf(request), (reader) => listScimRequests(reader, filters, page))
      const data = rows.slice(0, Number(limit)).map(representRequest)
      return { data, nextCursor: rows.length > data.length ? (data.at(-1)?.id ?? null) : null }
    },
  )

  app.get(
    '/api/requests/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countRequests',
        querystring: closed({ ...organizationChoice, ...requestFilters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const filters = readFilters(request.query)
      return { count: await read(database, scopeOf(request), (reader) => countScimRequests(reader, filters)) }
    },
  )

  app.get(
    '/api/requests/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getRequest',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: requestDetailSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      return representRequestDetail(
        found(await read(database, scopeOf(request), (reader) => findScimRequest(reader, id))),
      )
    },
  )
}
