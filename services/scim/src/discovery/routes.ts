import { MusterError } from '@muster/runtime/errors'
import {
  type JsonObject,
  listResponse,
  resourceTypeDocuments,
  schemaDocuments,
  serviceProviderConfig,
} from '@muster/scim'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendJson } from '../answers.ts'
import { pageResourcesDefault, pageResourcesMax } from '../query.ts'
import { contextOf } from '../scim-context.ts'

/** What this service provider is and has (RFC 7644 §4). */
export function discoveryRoutes(app: FastifyInstance): void {
  app.get('/ServiceProviderConfig', async (request, reply) => {
    refuseFilter(request)
    const config = serviceProviderConfig({
      baseUrl: contextOf(request).baseUrl,
      maxResults: pageResourcesMax,
      defaultPageSize: pageResourcesDefault,
    })
    return sendJson(request, reply, 200, JSON.stringify(config))
  })
  for (const [path, documents] of [
    ['/ResourceTypes', resourceTypeDocuments],
    ['/Schemas', schemaDocuments],
  ] as const) {
    app.get(path, async (request, reply) => {
      refuseFilter(request)
      const all = documents(contextOf(request).dialect.types, contextOf(request).baseUrl)
      return sendJson(
        request,
        reply,
        200,
        JSON.stringify(listResponse(all, { totalResults: all.length, startIndex: 1 })),
      )
    })
    app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
      const found = documents(contextOf(request).dialect.types, contextOf(request).baseUrl).find((document) =>
        hasId(document, request.params.id),
      )
      if (found === undefined) throw new MusterError('notFound', 'There is no such document.')
      return sendJson(request, reply, 200, JSON.stringify(found))
    })
  }
}

/** A client that filters here would take the whole answer for a match (RFC 7644 §4). */
function refuseFilter(request: FastifyRequest): void {
  if ((request.query as { filter?: unknown }).filter !== undefined) {
    throw new MusterError('forbidden', 'Discovery documents cannot be filtered.')
  }
}

function hasId(document: JsonObject, id: string): boolean {
  return String(document.id ?? document.name).toLowerCase() === id.toLowerCase()
}
