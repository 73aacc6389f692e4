import { toMusterError } from '@muster/runtime/http/errors'
import { decodeUuid } from '@muster/runtime/type-ids'
import { scimErrorBody } from '@muster/scim'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExchangeBuffer } from './exchange-buffer.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The text of the answer, for the request log; undefined when it has none or goes out in parts. */
    answerText: string | undefined
  }
}

/** `/scim/{key}`, the version, what follows; the query does not belong to it. */
const scimAddress = /^\/+scim\/+([^/?]+)(?:\/+v2(?![^/?]))?([^?]*)/

/**
 * Notes every request below `/scim/{key}` when it is answered, whatever the answer. Only references are kept: what it
 * costs later is up to whoever empties the buffer. To be registered before the routes.
 */
export function recordExchanges(app: FastifyInstance, buffer: ExchangeBuffer): void {
  app.decorateRequest('answerText', undefined)
  app.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload === 'string') request.answerText = payload
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    note(buffer, request, reply)
    done()
  })
}

type SendError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void

/** Notes as well what fails before there is a route, and so before there are hooks: an address that is not valid. */
export function recordUnrouted(buffer: ExchangeBuffer, sendError: SendError): SendError {
  return (error, request, reply) => {
    request.answerText = JSON.stringify(scimErrorBody(toMusterError(error)))
    reply.raw.once('finish', () => note(buffer, request, reply))
    sendError(error, request, reply)
  }
}

function note(buffer: ExchangeBuffer, request: FastifyRequest, reply: FastifyReply): void {
  const context = request.scimContext
  const [, key = '', path = ''] = scimAddress.exec(request.originalUrl) ?? []
  const directoryId = context?.directoryId ?? decodeUuid(key)
  if (directoryId === undefined) return
  const { headers } = request
  buffer.add({
    requestId: request.id,
    directoryId,
    authenticated: context !== undefined,
    method: request.method,
    path,
    query: request.query,
    userAgent: headers['user-agent'],
    requestMediaType: headers['content-type'],
    requestBytes: numberOf(headers['content-length']),
    requestBody: request.body,
    status: reply.statusCode,
    durationMs: reply.elapsedTime,
    answerMediaType: textOf(reply.getHeader('content-type')),
    answerBytes: numberOf(reply.getHeader('content-length')),
    answer: request.answerText,
    skippedBefore: 0,
  })
}

function numberOf(header: unknown): number | undefined {
  return header === undefined ? undefined : Number(header)
}

function textOf(header: unknown): string | undefined {
  return typeof header === 'string' ? header : undefined
}
