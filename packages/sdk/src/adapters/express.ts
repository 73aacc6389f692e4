import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from '../receiving/receiver.ts'
import { toRequest } from './node-request.ts'

type Next = (error?: unknown) => void

/** Longer than any message; the handler answers 413. */
const bytesMax = 5 * 1024 * 1024 + 1

/**
 * A handler for Express: `app.post('/muster', expressHandler(client.handler()))`. It reads the body itself, so it goes
 * before any body parser, or behind `express.raw({ type: '*' + '/*' })`.
 */
export function expressHandler(
  receiver: Receiver,
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  return (request, response, next) => {
    answer(receiver, request, response).catch(next)
  }
}

async function answer(receiver: Receiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answered = await receiver(toRequest(request, await readRaw(request)))
  response.statusCode = answered.status
  answered.headers.forEach((value, name) => {
    response.setHeader(name, value)
  })
  response.end(new Uint8Array(await answered.arrayBuffer()))
}

async function readRaw(request: IncomingMessage & { body?: unknown }): Promise<Uint8Array<ArrayBuffer>> {
  if (request.body instanceof Uint8Array) return new Uint8Array(request.body)
  if (request.readableEnded || request.readableDidRead) {
    throw new Error(
      'A body parser has read the body, whose signature can no longer be checked: put this handler before express.json()',
    )
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= bytesMax) chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}
