import {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import type { Logger } from '../logger.ts'
import { newUuid } from '../type-ids.ts'

/** Fastify has no limit of time of its own. */
const limits = {
  bodyBytesMax: 1_048_576,
  /** To receive a whole request. */
  requestMilliseconds: 30_000,
  /** To answer it. */
  handlerMilliseconds: 60_000,
  /** Without a byte in either direction. */
  idleSocketMilliseconds: 120_000,
  /** One part of a path; ids have less than 50. */
  pathSegmentCharactersMax: 256,
} as const

/**
 * The options of every listener. Bodies, queries and parameters are validated as they are: nothing is coerced, nothing
 * dropped. `sendError` renders what fails before any route is found (an address that is not valid).
 *
 * `return503OnClosing` is off because Fastify's own answer is neither a problem nor a SCIM Error: refuseWhileClosing
 * does that.
 */
export function serverOptions(options: {
  logger: Logger
  sendError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void
}) {
  return {
    loggerInstance: options.logger as FastifyBaseLogger,
    // Its own lines carry the query string; logRequests writes ours.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newUuid,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMilliseconds,
    handlerTimeout: limits.handlerMilliseconds,
    connectionTimeout: limits.idleSocketMilliseconds,
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.pathSegmentCharactersMax },
    frameworkErrors: options.sendError,
    ajv: { customOptions: validation },
  } satisfies FastifyServerOptions & { loggerInstance: FastifyBaseLogger }
}

const validation = {
  coerceTypes: false,
  removeAdditional: false,
  allErrors: false,
  useDefaults: true,
  allowUnionTypes: true,
} as const
