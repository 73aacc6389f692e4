import { type ExtensionSchema, type JsonObject, parseExtensionSchema, urnKey } from '@muster/scim'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'

/** A schema of an organization, and how much of what is stored has values of it. */
export interface RegisteredSchema {
  extension: ExtensionSchema
  /** Users or groups, whichever it extends, over all directories of the organization. */
  resources: number
  createdAt: Date
  updatedAt: Date
}

export interface ExtensionSchemaRow {
  schema_urn: string
  resource_type: ExtensionSchema['resourceType']
  definition: JsonObject
  created_at: Date
  updated_at: Date
}

/** The schemas of the organization by URN, without their use: what a directory's resource types are made of. */
export async function loadExtensionSchemas(reader: Reader): Promise<ExtensionSchema[]> {
  return (await readRows(reader)).map(toExtension)
}

/** All schemas of the organization by URN (there are few, see `putExtensionSchema`). Reads every document once. */
export async function listExtensionSchemas(reader: Reader): Promise<RegisteredSchema[]> {
  return withUse(reader, await readRows(reader))
}

/** The schema of a URN in whatever case; undefined when the organization has none of it. */
export async function findExtensionSchema(reader: Reader, urn: string): Promise<RegisteredSchema | undefined> {
  const row = await readRow(reader, urn)
  return row && (await withUse(reader, [row]))[0]
}

export async function readRows(reader: Reader): Promise<ExtensionSchemaRow[]> {
  return selectRows(reader).orderBy('urn_key').execute()
}

export async function readRow(reader: Reader, urn: string): Promise<ExtensionSchemaRow | undefined> {
  return selectRows(reader).where('urn_key', '=', urnKey(urn)).executeTakeFirst()
}

/** Stored definitions went through the same parser, so nothing in them can be refused. */
export function toExtension(row: ExtensionSchemaRow): ExtensionSchema {
  return parseExtensionSchema(row.definition, row.resource_type)
}

/** How many resources of the organization have values under each of the URNs; one pass over the documents. */
export async function countUses(reader: Reader, urns: readonly string[]): Promise<Map<string, number>> {
  if (urns.length === 0) return new Map()
  const { rows } = await sql<{ urn: string; resources: number }>`
    SELECT key.urn, count(*) AS resources
    FROM (
      SELECT resource FROM directory_users WHERE organization_id = ${reader.organizationId}
      UNION ALL
      SELECT resource FROM directory_groups WHERE organization_id = ${reader.organizationId}) stored
    CROSS JOIN LATERAL jsonb_object_keys(stored.resource) key(urn)
    WHERE key.urn = ANY(${urns}::text[])
    GROUP BY key.urn`.execute(reader.db)
  return new Map(rows.map(({ urn, resources }) => [urn, resources]))
}

async function withUse(reader: Reader, rows: ExtensionSchemaRow[]): Promise<RegisteredSchema[]> {
  const uses = await countUses(
    reader,
    rows.map((row) => row.schema_urn),
  )
  return rows.map((row) => ({
    extension: toExtension(row),
    resources: uses.get(row.schema_urn) ?? 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }))
}

function selectRows({ db, organizationId }: Reader) {
  return db
    .selectFrom('extension_schemas')
    .select(['schema_urn', 'resource_type', 'definition', 'created_at', 'updated_at'])
    .where('organization_id', '=', organizationId)
}
