import { MusterError } from '@muster/runtime/errors'
import { toMusterError } from '@muster/runtime/http/errors'
import type { RouteTable } from '@muster/runtime/http/route-table'
import { scimErrorBody } from '@muster/scim'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { responseMediaType } from './media-types.ts'

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
    .header('content-type', responseMediaType(request))
    .send(JSON.stringify(scimErrorBody(error)))
}

/** Unknown addresses: 404; known ones with a method they do not have: 405 with `Allow`. */
export function answerUnknownRoutes(app: FastifyInstance, routes: RouteTable): void {
  app.setNotFoundHandler((request) => {
    const allow = routes.methodsAt(request.url.split('?', 1)[0] ?? '').join(', ')
    if (allow === '') throw new MusterError('notFound', 'There is nothing at this address.')
    throw new MusterError('methodNotAllowed', `This address takes ${allow}.`, { allow })
  })
}
