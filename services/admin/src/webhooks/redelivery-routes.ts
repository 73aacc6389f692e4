import { findDelivery, findWebhook, redeliver, replayWebhook, transact } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { callerOf, causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { deliveryDetailSchema, representDeliveryDetail } from './delivery-representation.ts'
import { deliveryParams } from './delivery-routes.ts'
import { replay, representWebhook, webhookSchema } from './representation.ts'

const tags = ['webhooks']
const config = { role: 'ADMIN' } as const

/** Having events delivered once more: one, or all behind a place in the log. */
export function redeliveryRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/webhooks/:id/replay',
    {
      config,
      schema: {
        tags,
        operationId: 'replayWebhook',
        description: `Delivers every event behind a sequence number again that the log still has and the endpoint wants, in order per
person and group. Receivers know them by their \`webhook-id\`. A number that was not reached yet changes nothing.`,
        params: idParams,
        querystring: organizationQuery,
        body: replay,
        response: { 202: webhookSchema },
      },
    },
    async (request, reply) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const endpoint = await transact(database, scopeOf(request), causeOf(request), async (tx) => {
        if (!(await replayWebhook(tx, id, request.body.after))) throw notFound()
        return findWebhook(tx, id)
      })
      return reply.code(202).send(representWebhook(found(endpoint), callerOf(request).role))
    },
  )

  app.post(
    '/api/webhooks/:id/deliveries/:eventId/redeliver',
    {
      config,
      schema: {
        tags,
        operationId: 'redeliver',
        description: 'Delivers one event again, or at once when it waits, with all its retries.',
        params: deliveryParams,
        querystring: organizationQuery,
        body: optionalBody(organizationChoice),
        response: { 202: deliveryDetailSchema },
      },
    },
    async (request, reply) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const eventId = uuidOf('event', request.params.eventId)
      const delivery = await transact(database, scopeOf(request), causeOf(request), async (tx) => {
        if (!(await redeliver(tx, id, eventId))) throw notFound()
        return findDelivery(tx, id, eventId)
      })
      return reply.code(202).send(representDeliveryDetail(found(delivery)))
    },
  )
}
