import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { read, readRoutes } from '../database/read.ts'
import { type DialectSettings, schemasVersion, toDialectSettings } from '../organizations/dialect-settings.ts'
import type { DirectoryStatus } from '../tables.ts'

/** Who a SCIM token speaks for: one directory of one organization, and what it understands. */
export interface ScimPrincipal extends DialectSettings {
  scope: OrganizationScope
  tokenId: string
  directoryId: string
  directoryStatus: DirectoryStatus
}

declare const operator: unique symbol

/** The right to work on the installation: list and create organizations, choose one. Only an operator key yields it. */
export interface OperatorRight {
  readonly keyId: string
  readonly [operator]: true
}

export type ApiPrincipal =
  | { role: 'OPERATOR'; right: OperatorRight }
  | { role: 'ADMIN' | 'VIEWER'; scope: OrganizationScope; keyId: string }

/**
 * Finds whom a SCIM token (by its hash) speaks for; undefined when it is unknown, revoked or expired.
 * The hash leads to the organization by a routing table; everything else is read inside that organization.
 */
export async function authenticateScimToken(database: Database, hash: Buffer): Promise<ScimPrincipal | undefined> {
  const route = await findRoute(database, hash, 'scim_token')
  if (route?.directory_id == null) return undefined
  const { directory_id: directoryId, credential_id: tokenId } = route
  const scope = scopeTo(route.organization_id)
  const row = await read(database, scope, ({ db }) =>
    db
      .selectFrom('directory_tokens as token')
      .innerJoin('directories as directory', (join) =>
        join
          .onRef('directory.organization_id', '=', 'token.organization_id')
          .onRef('directory.directory_id', '=', 'token.directory_id'),
      )
      .select(['directory.status', 'directory.scim_profile', 'directory.scim_flags'])
      .select(schemasVersion(scope.organizationId).as('schemas_version'))
      .where('token.organization_id', '=', scope.organizationId)
      .where('token.directory_id', '=', directoryId)
      .where('token.token_id', '=', tokenId)
      .where('token.revoked_at', 'is', null)
      .where(({ eb }) => eb.or([eb('token.expires_at', 'is', null), eb('token.expires_at', '>', new Date())]))
      .executeTakeFirst(),
  )
  if (row === undefined) return undefined
  return { scope, tokenId, directoryId, directoryStatus: row.status, ...toDialectSettings(row) }
}

/** Finds whom an API key (by its hash) speaks for; undefined when it is unknown, revoked or expired. */
export async function authenticateApiKey(database: Database, hash: Buffer): Promise<ApiPrincipal | undefined> {
  const route = await findRoute(database, hash, 'api_key')
  if (route === undefined) return findOperator(database, hash)
  const scope = scopeTo(route.organization_id)
  const row = await read(database, scope, ({ db }) =>
    db
      .selectFrom('api_keys')
      .select('role')
      .where('organization_id', '=', scope.organizationId)
      .where('api_key_id', '=', route.credential_id)
      .where('revoked_at', 'is', null)
      .where(({ eb }) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', new Date())]))
      .executeTakeFirst(),
  )
  return row && { role: row.role, scope, keyId: route.credential_id }
}

async function findOperator(database: Database, hash: Buffer): Promise<ApiPrincipal | undefined> {
  const row = await readRoutes(database, (db) =>
    db
      .selectFrom('operator_keys')
      .select('operator_key_id')
      .where('credential_hash', '=', hash)
      .where('revoked_at', 'is', null)
      .executeTakeFirst(),
  )
  return row && { role: 'OPERATOR', right: { keyId: row.operator_key_id } as OperatorRight }
}

function findRoute(database: Database, hash: Buffer, kind: 'scim_token' | 'api_key') {
  return readRoutes(database, (db) =>
    db
      .selectFrom('credential_routes')
      .select(['organization_id', 'directory_id', 'credential_id'])
      .where('credential_hash', '=', hash)
      .where('kind', '=', kind)
      .executeTakeFirst(),
  )
}
