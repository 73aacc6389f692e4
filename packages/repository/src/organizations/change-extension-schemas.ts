import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { breakingChanges, type ExtensionSchema, findUrnClash, sameJson, schemaDocument, urnKey } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import type { Transaction } from '../database/transaction.ts'
import {
  countUses,
  type ExtensionSchemaRow,
  findExtensionSchema,
  type RegisteredSchema,
  readRow,
  readRows,
  toExtension,
} from './extension-schemas.ts'

const schemasMax = 20

/** How many changes an error text names. */
const changesShownMax = 5

/**
 * Registers a schema, or replaces the one of this URN. Whatever breaks no stored value may change at any time; the rest
 * only while no resource of the organization has values of the extension. The services follow within five seconds, and
 * may until then still store values by the schema as it was.
 * @returns the schema as it is now, and whether it is new; one that says what was there already is left alone
 * @throws `conflict` naming what is in the way: values in use, a URN that paths could not tell from another, 20 schemas
 */
export async function putExtensionSchema(
  tx: Transaction,
  extension: ExtensionSchema,
): Promise<{ registered: RegisteredSchema; created: boolean }> {
  await lockSchemas(tx)
  const rows = await readRows(tx)
  const current = rows.find((row) => urnKey(row.schema_urn) === urnKey(extension.schema.id))
  if (current === undefined) await insertSchema(tx, extension, rows)
  else await replaceSchema(tx, extension, current)
  const registered = await findExtensionSchema(tx, extension.schema.id)
  if (registered === undefined) throw new Error('A schema is gone right after its registration')
  return { registered, created: current === undefined }
}

/**
 * Takes a schema away. False when the organization has none of this URN.
 * @throws `conflict` while resources have values of it
 */
export async function deleteExtensionSchema(tx: Transaction, urn: string): Promise<boolean> {
  await lockSchemas(tx)
  const row = await readRow(tx, urn)
  if (row === undefined) return false
  await refuseInUse(tx, row, 'it cannot be deleted')
  await tx.db
    .deleteFrom('extension_schemas')
    .where('organization_id', '=', tx.organizationId)
    .where('urn_key', '=', urnKey(urn))
    .execute()
  appendAudit(tx, { action: 'schema.delete', target: row.schema_urn })
  return true
}

/** One writer at a time: the organization's row is the lock, of the kind that leaves foreign keys alone. */
async function lockSchemas(tx: Transaction): Promise<void> {
  await sql`SELECT FROM organizations WHERE organization_id = ${tx.organizationId} FOR NO KEY UPDATE`.execute(tx.db)
}

async function insertSchema(tx: Transaction, extension: ExtensionSchema, others: ExtensionSchemaRow[]): Promise<void> {
  const { schema, resourceType } = extension
  if (others.length >= schemasMax) {
    throw new MusterError('conflict', `An organization has at most ${schemasMax} schemas of its own.`)
  }
  const clash = findUrnClash(
    schema.id,
    others.map((row) => row.schema_urn),
  )
  if (clash !== undefined) {
    throw new MusterError('conflict', `Paths could not tell this URN from ${clash}, which is registered.`)
  }
  await tx.db
    .insertInto('extension_schemas')
    .values({
      organization_id: tx.organizationId,
      urn_key: urnKey(schema.id),
      schema_urn: schema.id,
      resource_type: resourceType,
      definition: JSON.stringify(schemaDocument(schema)),
      revision: newUuid(),
    })
    .execute()
  appendAudit(tx, { action: 'schema.create', target: schema.id, detail: { resourceType } })
}

async function replaceSchema(tx: Transaction, extension: ExtensionSchema, current: ExtensionSchemaRow): Promise<void> {
  const changes = breakingChanges(toExtension(current), extension)
  if (changes.length > 0) {
    const shown = changes.slice(0, changesShownMax).join(', ')
    const others = changes.length > changesShownMax ? `, and ${changes.length - changesShownMax} more` : ''
    await refuseInUse(tx, current, `a change cannot take effect that ${shown}${others}`)
  }
  const { resourceType } = extension
  // Stored documents have their values under the URN as it was first written.
  const definition = schemaDocument({ ...extension.schema, id: current.schema_urn })
  if (sameJson(definition, current.definition) && resourceType === current.resource_type) return
  await tx.db
    .updateTable('extension_schemas')
    .set({
      resource_type: resourceType,
      definition: JSON.stringify(definition),
      revision: newUuid(),
      updated_at: new Date(),
    })
    .where('organization_id', '=', tx.organizationId)
    .where('urn_key', '=', urnKey(current.schema_urn))
    .execute()
  appendAudit(tx, { action: 'schema.update', target: current.schema_urn, detail: { resourceType, changes } })
}

/** @throws `conflict` with the number of resources that have values of the extension */
async function refuseInUse(tx: Transaction, row: ExtensionSchemaRow, consequence: string): Promise<void> {
  const resources = (await countUses(tx, [row.schema_urn])).get(row.schema_urn) ?? 0
  if (resources === 0) return
  const what = `${resources} ${row.resource_type.toLowerCase()}${resources === 1 ? ' has' : 's have'}`
  throw new MusterError('conflict', `${what} values of ${row.schema_urn}: ${consequence}.`)
}
