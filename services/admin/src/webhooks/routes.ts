import { countWebhooks, findWebhook, listWebhooks, read } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { callerOf, scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { representWebhook, webhookSchema } from './representation.ts'

const tags = ['webhooks']
const config = { role: 'VIEWER' } as const

/** Which webhook endpoints there are, and how they fare. */
export function webhookRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/webhooks',
    {
      config,
      schema: {
        tags,
        operationId: 'listWebhooks',
        description: 'The webhook endpoints of the organization, never more than 20.',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(webhookSchema) },
      },
    },
    (request) =>
      loadPage('webhookEndpoint', request.query, async (page) => {
        const endpoints = await read(database, scopeOf(request), (reader) => listWebhooks(reader, page))
        return endpoints.map((endpoint) => representWebhook(endpoint, callerOf(request).role))
      }),
  )

  app.get(
    '/api/webhooks/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countWebhooks',
        description: 'How many there are.',
        querystring: organizationQuery,
        response: { 200: countOf },
      },
    },
    async (request) => ({ count: await read(database, scopeOf(request), countWebhooks) }),
  )

  app.get(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getWebhook',
        description: 'One webhook endpoint: how far it has come, how much waits, and since when it fails.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: webhookSchema },
      },
    },
    async (request) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const endpoint = found(await read(database, scopeOf(request), (reader) => findWebhook(reader, id)))
      return representWebhook(endpoint, callerOf(request).role)
    },
  )
}
