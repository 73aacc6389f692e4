import type { FastifyRequest } from 'fastify'
import { MusterError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without credentials. Whoever leaves it out is asked for them. */
    public?: true
    /** Asked every few seconds by machines: logged at `debug` only. */
    quiet?: true
    /** Answers while the process sheds load or closes. */
    always?: true
  }
}

/** Health checks: public, quiet, and answered in every state of the process. */
export const healthRouteConfig = { public: true, quiet: true, always: true } as const

const retryAfterSeconds = 10

/** Throws `unavailable`, unless the route answers in every state. */
export function refuseUnlessAlways(request: FastifyRequest, detail: string): void {
  if (request.routeOptions.config.always) return
  throw new MusterError('unavailable', detail, { retryAfterSeconds })
}
