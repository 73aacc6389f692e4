import { MusterError } from '@muster/runtime/errors'
import {
  type JsonObject,
  listResponse,
  resourceTypeDocuments,
  schemaDocuments,
  serviceProviderConfig,
  standardResourceTypes,
} from '@muster/scim'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendText } from '../answers/send-text.ts'
import { bulkLimits } from '../bulk/limits.ts'
import { cursorSeconds } from '../lists/cursors.ts'
import { pageResourcesDefault, pageResourcesMax } from '../lists/page-plan.ts'

interface DiscoveryOptions {
  /** What identity providers reach this service by, without a slash at its end. */
  publicUrl: string
  /** Whether the documents are shown without a token; only what every directory has, then. */
  isPublic: boolean
}

/**
 * What this service provider is and has (RFC 7644 §4). Readable without a token (RFC 7643 §5: clients learn there how
 * to authenticate); what an organization registered itself takes the token of one of its directories.
 */
export function discoveryRoutes(app: FastifyInstance, { publicUrl, isPublic }: DiscoveryOptions): void {
  const options = isPublic ? { config: { public: true as const } } : {}
  const seenBy = (request: FastifyRequest) => viewOf(request, publicUrl)

  app.get('/ServiceProviderConfig', options, async (request, reply) => {
    refuseFilter(request)
    const config = serviceProviderConfig({
      baseUrl: seenBy(request).baseUrl,
      maxResults: pageResourcesMax,
      defaultPageSize: pageResourcesDefault,
      cursorSeconds,
      bulk: bulkLimits,
    })
    return sendText(request, reply, 200, JSON.stringify(config))
  })
  for (const [path, documents] of [
    ['/ResourceTypes', resourceTypeDocuments],
    ['/Schemas', schemaDocuments],
  ] as const) {
    app.get(path, options, async (request, reply) => {
      refuseFilter(request)
      const { types, baseUrl } = seenBy(request)
      const all = documents(types, baseUrl)
      const list = listResponse(all, { totalResults: all.length, startIndex: 1 })
      return sendText(request, reply, 200, JSON.stringify(list))
    })
    app.get<{ Params: { id: string } }>(`${path}/:id`, options, async (request, reply) => {
      refuseFilter(request)
      const { types, baseUrl } = seenBy(request)
      const found = documents(types, baseUrl).find((document) => hasId(document, request.params.id))
      if (found === undefined) throw new MusterError('notFound', 'There is no such document.')
      return sendText(request, reply, 200, JSON.stringify(found))
    })
  }
}

/** Without a token the same for every key, so that nobody learns which directories there are. */
function viewOf(request: FastifyRequest, publicUrl: string) {
  const { scimContext, params } = request
  return scimContext === undefined
    ? { types: standardResourceTypes, baseUrl: `${publicUrl}/scim/${(params as { key: string }).key}/v2` }
    : { types: scimContext.dialect.types, baseUrl: scimContext.baseUrl }
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
