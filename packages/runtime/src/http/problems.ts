import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MusterError } from '../errors.ts'
import { problemContentType, problemDetails } from '../problem-details.ts'
import { toMusterError } from './errors.ts'
import type { RouteTable } from './route-table.ts'

/**
 * Answers every failure with problem details (RFC 9457): thrown errors, unknown addresses (404), and methods that an
 * address does not have (405 with `Allow`, RFC 9110 §15.5.6).
 */
export function answerWithProblems(app: FastifyInstance, routes: RouteTable): void {
  app.setErrorHandler<FastifyError>(sendProblem)
  app.setNotFoundHandler((request) => {
    const allow = routes.methodsAt(request.url.split('?', 1)[0] ?? '').join(', ')
    if (allow === '') throw new MusterError('notFound', 'There is nothing at this address.')
    throw new MusterError('methodNotAllowed', `This address answers to ${allow}.`, { allow })
  })
}

/** Renders an error as the answer of a request; the cause of an unexpected one goes to the log. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toMusterError(thrown)
  if (error.code === 'internal') request.log.error({ err: thrown }, 'request failed')
  else if (error.cause !== undefined) request.log.warn({ err: error.cause }, 'request failed')
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  if (error.allow !== undefined) reply.header('allow', error.allow)
  // A string, so that no response schema of the route reshapes it.
  void reply
    .code(error.status)
    .header('content-type', problemContentType)
    .send(JSON.stringify(problemDetails(error)))
}
