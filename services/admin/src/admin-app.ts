import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Database } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'

/** What the management API works with. */
export interface AdminDeps {
  database: Database
  /** Key of the HMAC under which tokens and keys are stored. */
  pepper: string
  /** What identity providers reach the SCIM service by, without a slash at its end. */
  scimBaseUrl: string
  logger: Logger
}

/** A Fastify whose handlers get their types from the TypeBox schemas of their routes. */
export type AdminApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
