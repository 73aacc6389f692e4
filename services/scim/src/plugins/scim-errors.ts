import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { MusterError } from '@muster/runtime/errors'
import { toMusterError } from '@muster/runtime/http/errors'
import type { RouteTable } from '@muster/runtime/http/route-table'
import { scimErrorBody } from '@muster/scim'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { namesOtherVersion } from '../requests/canonical-address.ts'
import { responseContentType, scimContentType } from './media-types.ts'

/** Renders any failure, the framework's own included, as a SCIM Error (RFC 7644 §3.12); the log gets the cause. */
export function sendScimError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toMusterError(thrown)
  if (error.code === 'internal') request.log.error({ err: thrown }, 'request failed')
  else if (error.cause !== undefined) request.log.warn({ err: error.cause }, 'request failed')
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="SCIM"')
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  if (error.allow !== undefined) reply.header('allow', error.allow)
  void reply
    .code(error.status)
    .header('content-type', responseContentType(request))
    .send(JSON.stringify(scimErrorBody(error)))
}

/** Unknown addresses: 404; known ones with a method they do not have: 405 with `Allow`. */
export function answerUnknownRoutes(app: FastifyInstance, routes: RouteTable): void {
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?', 1)[0] ?? ''
    if (namesOtherVersion(path)) throw new MusterError('invalidVers', 'Only version 2 of SCIM is served here.')
    const allow = routes.methodsAt(path).join(', ')
    if (allow === '') throw new MusterError('notFound', 'There is nothing at this address.')
    throw new MusterError('methodNotAllowed', `This address takes ${allow}.`, { allow })
  })
}

/** What Node says of a connection whose bytes never became a request; anything else is no HTTP. */
const brokenRequests: Record<string, MusterError> = {
  HPE_HEADER_OVERFLOW: new MusterError('addressTooLong', 'Address and headers together are too long.'),
  ERR_HTTP_REQUEST_TIMEOUT: new MusterError('badRequest', 'The request was not complete in time.'),
}
const notHttp = new MusterError('badRequest', 'This is not an HTTP request.')

/** Answers a connection whose bytes never became a request: Fastify's own answer there is no SCIM Error. */
export function refuseBrokenRequest(failure: NodeJS.ErrnoException, socket: Socket): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const error = brokenRequests[failure.code ?? ''] ?? notHttp
  const body = JSON.stringify(scimErrorBody(error))
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `Content-Type: ${scimContentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
