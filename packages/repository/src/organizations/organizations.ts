import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { OperatorRight } from '../credentials/authenticate.ts'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { type Reader, read, readAsOperator } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import type { LinkByEmail } from '../tables.ts'
import { appendAudit } from './audit.ts'

export interface Organization {
  organizationId: string
  name: string
  directoryOrder: string[]
  linkByEmail: LinkByEmail
  createdAt: Date
  updatedAt: Date
}

const columns = ['organization_id', 'name', 'directory_order', 'link_by_email', 'created_at', 'updated_at'] as const

/** Creates an organization with its event sequence. */
export async function createOrganization(
  database: Database,
  right: OperatorRight,
  options: { name: string },
): Promise<Organization> {
  const scope = scopeTo(newUuid())
  return transact(database, scope, { kind: 'api', id: toTypeId('apiKey', right.keyId) }, async (tx) => {
    await tx.db
      .insertInto('organizations')
      .values({ organization_id: scope.organizationId, ...options })
      .execute()
    await tx.db.insertInto('event_sequences').values({ organization_id: scope.organizationId }).execute()
    await appendAudit(tx, { action: 'organization.create', target: scope.organizationId })
    return getOrganization(tx)
  })
}

/** A page of all organizations by id: the operator's only look across them. */
export async function listOrganizations(
  database: Database,
  _right: OperatorRight,
  page: { after: string | undefined; limit: number },
): Promise<Organization[]> {
  const rows = await readAsOperator(database, (db) => {
    const query = db.selectFrom('organizations').select(columns).orderBy('organization_id').limit(page.limit)
    return (page.after === undefined ? query : query.where('organization_id', '>', page.after)).execute()
  })
  return rows.map(toOrganization)
}

/** The scope of an organization that an operator names; undefined when there is none. */
export async function chooseOrganization(
  database: Database,
  _right: OperatorRight,
  organizationId: string,
): Promise<OrganizationScope | undefined> {
  const scope = scopeTo(organizationId)
  const row = await read(database, scope, ({ db }) =>
    db
      .selectFrom('organizations')
      .select('organization_id')
      .where('organization_id', '=', scope.organizationId)
      .executeTakeFirst(),
  )
  return row && scope
}

export async function getOrganization(reader: Reader): Promise<Organization> {
  const row = await reader.db
    .selectFrom('organizations')
    .select(columns)
    .where('organization_id', '=', reader.organizationId)
    .executeTakeFirstOrThrow()
  return toOrganization(row)
}

/** Changes the name or the rule for linking; what is undefined stays. */
export async function updateOrganization(
  tx: Transaction,
  changes: { name?: string; linkByEmail?: LinkByEmail },
): Promise<Organization> {
  await tx.db
    .updateTable('organizations')
    .set({ name: changes.name, link_by_email: changes.linkByEmail, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .execute()
  await appendAudit(tx, { action: 'organization.update', target: tx.organizationId, detail: { ...changes } })
  return getOrganization(tx)
}

interface OrganizationRow {
  organization_id: string
  name: string
  directory_order: string[]
  link_by_email: LinkByEmail
  created_at: Date
  updated_at: Date
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    organizationId: row.organization_id,
    name: row.name,
    directoryOrder: row.directory_order,
    linkByEmail: row.link_by_email,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
