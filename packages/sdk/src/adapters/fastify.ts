import type { IncomingMessage } from 'node:http'
import type { Receiver } from '../receiving/receiver.ts'
import { toRequest } from './node-request.ts'

export interface FastifyReceiverOptions {
  /** Where messages arrive, such as `/muster`. */
  path: string
  receiver: Receiver
}

/** What of Fastify is used, so that nobody needs its types who does not need Fastify. */
interface Reply {
  code(status: number): Reply
  header(name: string, value: string): Reply
  send(body: unknown): unknown
}

interface Request {
  raw: IncomingMessage
  body: unknown
}

interface Instance {
  removeAllContentTypeParsers(): void
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parse: (request: unknown, body: unknown, done: (error: null, body: unknown) => void) => void,
  ): unknown
  post(path: string, handler: (request: Request, reply: Reply) => Promise<unknown>): unknown
}

/** Longer than any message; the handler answers 413. */
const bodyLimit = 5 * 1024 * 1024 + 1

/**
 * A plugin for Fastify: `app.register(fastifyReceiver, { path: '/muster', receiver: client.handler() })`. Its own body
 * parser, which keeps the bytes that were signed, is for this path only.
 */
export function fastifyReceiver(app: Instance, { path, receiver }: FastifyReceiverOptions, done: () => void): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, parsed) => parsed(null, body))
  app.post(path, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? new Uint8Array(request.body) : new Uint8Array()
    const answered = await receiver(toRequest(request.raw, body))
    reply.code(answered.status)
    answered.headers.forEach((value, name) => {
      reply.header(name, value)
    })
    return reply.send(Buffer.from(await answered.arrayBuffer()))
  })
  done()
}
