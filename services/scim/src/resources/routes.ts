import type { FastifyInstance } from 'fastify'
import { sendText } from '../answers/send-text.ts'
import { type ListRequest, querySchema, readSearchRequest } from '../lists/list-request.ts'
import { contextOf } from '../scim-context.ts'
import { listResources } from './list.ts'

/** Queries over all resource types: at the base URL itself, and by POST for what must not stand in an address. */
export function resourceRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: ListRequest }>('/', { schema: querySchema }, async (request, reply) =>
    sendText(request, reply, 200, await listResources(contextOf(request), request.query)),
  )
  app.post('/.search', async (request, reply) => {
    const context = contextOf(request)
    const search = readSearchRequest(request.body, context.dialect.profile)
    return sendText(request, reply, 200, await listResources(context, search))
  })
}
