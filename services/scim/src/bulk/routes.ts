import { MusterError } from '@muster/runtime/errors'
import type { FastifyError, FastifyInstance } from 'fastify'
import { sendText } from '../answers/send-text.ts'
import { sendScimError } from '../plugins/scim-errors.ts'
import { contextOf } from '../scim-context.ts'
import { bulkLimits, bulkMilliseconds } from './limits.ts'
import { runBulk } from './run-bulk.ts'

const tooLarge = new MusterError(
  'payloadTooLarge',
  `The request body is larger than maxPayloadSize (${bulkLimits.maxPayloadBytes} bytes).`,
)

/** RFC 7644 §3.7. Failures of single operations are in the answer, whose status is 200. */
export function bulkRoutes(app: FastifyInstance): void {
  app.post(
    '/Bulk',
    {
      bodyLimit: bulkLimits.maxPayloadBytes,
      // The client is told which limit it exceeded (RFC 7644 §3.7.4).
      errorHandler: (error: FastifyError, request, reply) =>
        sendScimError(error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLarge : error, request, reply),
    },
    async (request, reply) => {
      const signal = AbortSignal.timeout(bulkMilliseconds)
      const answer = await runBulk(contextOf(request), request.body, { log: request.log, signal })
      return sendText(request, reply, 200, JSON.stringify(answer))
    },
  )
}
