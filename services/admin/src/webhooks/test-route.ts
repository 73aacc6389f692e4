import { sendWebhook } from '@muster/events'
import { beginWebhookTest, transact } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { nullableText } from '../schema/values.ts'
import { TestLimit } from './test-limit.ts'

const testResult = Type.Object({
  delivered: Type.Boolean(),
  status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Null when there was no answer.' }),
  durationMilliseconds: Type.Integer(),
  error: Type.Unsafe<string | null>({ ...nullableText, description: 'As in the attempts of a delivery.' }),
})

/** Trying an endpoint, also one that is disabled, with a message that is no event. */
export function webhookTestRoute(app: AdminApp, { database, rootKeys, outbound }: AdminDeps): void {
  const limit = new TestLimit('An endpoint gets a test message')
  app.post(
    '/api/webhooks/:id/test',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags: ['webhooks'],
        operationId: 'testWebhook',
        description: `Sends a signed message of the type \`webhook_endpoint.test\` at once, and says what came of it. It is in no log and is
not tried again. At most ten a minute.`,
        params: idParams,
        querystring: organizationQuery,
        body: optionalBody(organizationChoice),
        response: { 200: testResult },
      },
    },
    async (request) => {
      const endpointId = uuidOf('webhookEndpoint', request.params.id)
      const [scope, cause] = [scopeOf(request), causeOf(request)]
      const receiver = await transact(database, scope, cause, async (tx) => {
        const begun = found(await beginWebhookTest(tx, rootKeys, endpointId))
        // What is refused leaves no trace in the audit trail.
        limit.note(endpointId)
        return begun
      })
      const { outcome, durationMilliseconds } = await sendWebhook(outbound, receiver, {
        id: toTypeId('event', newUuid()),
        type: 'webhook_endpoint.test',
        timestamp: new Date(),
        organizationId: toTypeId('organization', scope.organizationId),
        directoryId: null,
        // In front of all that is in the log.
        sequence: 0,
        cause,
        data: { endpoint: { id: request.params.id } },
      })
      const { kind, status, error } = outcome
      return { delivered: kind === 'delivered', status, durationMilliseconds, error }
    },
  )
}
