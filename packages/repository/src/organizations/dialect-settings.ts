import { type RawBuilder, sql } from 'kysely'
import { readFlags, type ScimFlags } from './scim-flags.ts'

/** What decides how the SCIM endpoint of a directory understands requests. */
export interface DialectSettings {
  scimProfile: 'compatible' | 'strict'
  scimFlags: ScimFlags
  /** Another text whenever a schema of the organization is registered, changed or deleted; empty while it has none. */
  schemasVersion: string
}

interface DialectRow {
  scim_profile: 'compatible' | 'strict'
  scim_flags: Record<string, unknown>
  schemas_version: string | null
}

/** `schemas_version`, beside `scim_profile` and `scim_flags` of a directory. */
export function schemasVersion(organizationId: string): RawBuilder<string | null> {
  return sql`(SELECT string_agg(revision::text, ' ' ORDER BY urn_key) FROM extension_schemas
    WHERE organization_id = ${organizationId})`
}

export function toDialectSettings(row: DialectRow): DialectSettings {
  return {
    scimProfile: row.scim_profile,
    scimFlags: readFlags(row.scim_flags),
    schemasVersion: row.schemas_version ?? '',
  }
}
