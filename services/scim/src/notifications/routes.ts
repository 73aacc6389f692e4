import type { ConnectorDefinition, ConnectorType } from '@muster/connectors'
import { type AddressedChannel, type Database, receiveNotification } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { sendProblem } from '@muster/runtime/http/problems'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { ChannelGate } from './channel-gate.ts'
import { judge } from './judge.ts'

/** A notification says that something has changed, and little more. */
const bodyBytesMax = 262_144

interface NotificationDeps {
  database: Database
  /** What reads each type of directory: it knows its source's notifications. */
  connectors: Readonly<Partial<Record<ConnectorType, ConnectorDefinition>>>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request to the address of one. */
    channel: AddressedChannel | undefined
  }
}

/**
 * `GET|POST /notifications/{key}`: where sources tell of changes, one address a channel. Whoever cannot show its secret is answered 401, an
 * unknown address 404. What has changed is read later: the answer does not wait for it, since Graph and Okta give up after 3 s.
 */
export async function notificationRoutes(app: FastifyInstance, { database, connectors }: NotificationDeps) {
  const gate = new ChannelGate(database)
  app.setErrorHandler<FastifyError>(sendProblem)
  acceptAnyText(app)
  app.decorateRequest('channel', undefined)
  // Before anything is read of its body.
  app.addHook('onRequest', async (request) => {
    request.channel = await gate.admit(keyOf(request), request.ip)
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/notifications/:key',
    exposeHeadRoute: false,
    bodyLimit: bodyBytesMax,
    config: { public: true },
    handler: async (request, reply) => {
      const { channel } = request
      if (channel === undefined) throw new Error('The gate let nobody in')
      const { means, answer } = judge(request, channel, connectors[channel.directoryType as ConnectorType], request.log)
      if (means === 'refused') {
        await gate.noteRefused(channel, keyOf(request), request.ip)
        throw new MusterError('unauthenticated', 'The notification does not show the secret of this channel.')
      }
      await receiveNotification(database, channel, means)
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
      if (answer === undefined) return reply.code(202).send()
      return reply.code(answer.status).header('content-type', answer.contentType).send(answer.body)
    },
  })
}

function keyOf(request: FastifyRequest): string {
  return (request.params as { key: string }).key
}

/** Sources send JSON, text or nothing, under whatever media type: the text is part of what is judged. */
function acceptAnyText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, body: string | Buffer) =>
    String(body),
  )
}
