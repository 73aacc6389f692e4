import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Database, RootKeys } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import type { Outbound } from '@muster/runtime/outbound/outbound'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ConnectorTable } from './directories/connector-config.ts'
import type { Poller } from './syncs/poller-client.ts'

/** What the management API works with. */
export interface AdminDeps {
  database: Database
  /** Key of the HMAC under which tokens and keys are stored. */
  pepper: string
  /** Seal and open the data keys of organizations, which seal their secrets. */
  rootKeys: RootKeys
  /** Calls what organizations name: webhooks and hooks. */
  outbound: Outbound
  /** The kinds of directories that can be read. */
  connectors: ConnectorTable
  poller: Poller
  /** What identity providers reach the SCIM service by, without a slash at its end. */
  scimBaseUrl: string
  /** No test directories, no simulation. */
  isProduction: boolean
  /** Whether an overloaded process refuses requests; it does unless this says otherwise. */
  shedsLoad?: boolean
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
