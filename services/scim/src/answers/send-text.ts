import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { responseContentType } from '../plugins/media-types.ts'
import type { JsonText } from './json-text.ts'

export function sendText(request: FastifyRequest, reply: FastifyReply, status: number, text: JsonText): FastifyReply {
  return reply
    .code(status)
    .header('content-type', responseContentType(request))
    .send(typeof text === 'string' ? text : Readable.from(text))
}
