import { countDeliveries, findDelivery, findWebhook, listDeliveries, type Reader, read } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { sequenceText } from '../events/filters.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, limitParameter, listOf, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import {
  deliveryDetailSchema,
  deliverySchema,
  deliveryStates,
  representDelivery,
  representDeliveryDetail,
} from './delivery-representation.ts'

const tags = ['webhooks']
const config = { role: 'VIEWER' } as const
const state = Type.Optional(Type.Enum(deliveryStates))

export const deliveryParams = Type.Object({ id: Type.String(), eventId: Type.String() })

/** The log of what is, and was, on its way to a webhook endpoint. */
export function deliveryRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  detailRoute(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/webhooks/:id/deliveries',
    {
      config,
      schema: {
        tags,
        operationId: 'listDeliveries',
        description: 'Events on their way to the endpoint and those that arrived lately; the newest event first.',
        params: idParams,
        querystring: closed({
          ...organizationChoice,
          state,
          limit: limitParameter,
          after: Type.Optional({ ...sequenceText, description: '`nextCursor` of the page before.' }),
        }),
        response: { 200: listOf(deliverySchema) },
      },
    },
    async (request) => {
      const query = { endpointId: uuidOf('webhookEndpoint', request.params.id), state: request.query.state }
      const { after, limit = String(pageRowsDefault) } = request.query
      // One more than the page holds tells whether another page follows.
      const page = { before: after === undefined ? undefined : Number(after), limit: Number(limit) + 1 }
      const rows = await read(database, scopeOf(request), async (reader) => {
        await assertEndpoint(reader, query.endpointId)
        return listDeliveries(reader, query, page)
      })
      const data = rows.slice(0, Number(limit)).map(representDelivery)
      return { data, nextCursor: rows.length > data.length ? String(data.at(-1)?.sequence) : null }
    },
  )

  app.get(
    '/api/webhooks/:id/deliveries/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countDeliveries',
        description: 'How many there are of a kind.',
        params: idParams,
        querystring: closed({ ...organizationChoice, state }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const query = { endpointId: uuidOf('webhookEndpoint', request.params.id), state: request.query.state }
      const count = await read(database, scopeOf(request), async (reader) => {
        await assertEndpoint(reader, query.endpointId)
        return countDeliveries(reader, query)
      })
      return { count }
    },
  )
}

function detailRoute(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/webhooks/:id/deliveries/:eventId',
    {
      config,
      schema: {
        tags,
        operationId: 'getDelivery',
        description:
          'What became of one event at the endpoint, attempt by attempt. Of answers nothing but the status is kept.',
        params: deliveryParams,
        querystring: organizationQuery,
        response: { 200: deliveryDetailSchema },
      },
    },
    async (request) => {
      const endpointId = uuidOf('webhookEndpoint', request.params.id)
      const eventId = uuidOf('event', request.params.eventId)
      const delivery = await read(database, scopeOf(request), (reader) => findDelivery(reader, endpointId, eventId))
      return representDeliveryDetail(found(delivery))
    },
  )
}

/** @throws `notFound` */
async function assertEndpoint(reader: Reader, endpointId: string): Promise<void> {
  found(await findWebhook(reader, endpointId))
}
