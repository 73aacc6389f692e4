import type { Cause } from '@muster/events'
import type { Database, DirectoryPlace, OrganizationScope, ScimPrincipal } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { Dialect } from '@muster/scim'
import type { FastifyRequest } from 'fastify'
import type { Changes } from './users/changes.ts'
import type { Creations } from './users/creations.ts'
import type { LookUps } from './users/look-ups.ts'

/** Everything a request needs to know, settled before its route runs. */
export interface ScimContext {
  database: Database
  scope: OrganizationScope
  directoryId: string
  dialect: Dialect
  /** Absolute, with the directory's key, without a slash at its end: what `meta.location` begins with. */
  baseUrl: string
  cause: Cause
  /** Key of the cursors of this installation. */
  cursorKey: Buffer
  shared: SharedWork
}

/** What requests of one directory do together when they arrive at the same time. */
export interface SharedWork {
  lookUps: LookUps
  creations: Creations
  changes: Changes
}

/** Whom a token speaks for, with what is worked out once for the seconds that it is remembered. */
export interface DirectoryPrincipal extends ScimPrincipal {
  baseUrl: string
  dialect: Dialect
}

declare module 'fastify' {
  interface FastifyRequest {
    scimContext: ScimContext | undefined
  }
}

/** The context of an authenticated request. */
export function contextOf(request: FastifyRequest): ScimContext {
  if (request.scimContext === undefined) throw new MusterError('unauthenticated', 'A bearer token is required.')
  return request.scimContext
}

/** What lists of this directory are about. */
export function placeOf({ directoryId, baseUrl, dialect }: ScimContext): DirectoryPlace {
  return { directoryId, baseUrl, types: dialect.types }
}

export function createContext(
  deps: { database: Database; shared: SharedWork; cursorKey: Buffer },
  principal: DirectoryPrincipal,
  requestId: string,
): ScimContext {
  return {
    database: deps.database,
    shared: deps.shared,
    cursorKey: deps.cursorKey,
    scope: principal.scope,
    directoryId: principal.directoryId,
    dialect: principal.dialect,
    baseUrl: principal.baseUrl,
    cause: { kind: 'scim', id: requestId },
  }
}
