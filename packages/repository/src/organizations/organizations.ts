import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { comparisonKey, type JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { OperatorRight } from '../credentials/authenticate.ts'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { type Reader, read, readAsOperator } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { addFollower } from '../followers/follower.ts'
import { lockSettings } from '../settings/settings-lock.ts'
import type { LinkByEmail } from '../tables.ts'

export interface Organization {
  organizationId: string
  name: string
  directoryOrder: string[]
  linkByEmail: LinkByEmail
  /** Folded. */
  verifiedDomains: string[]
  adminEmail: string | null
  /** As far as they differ from their defaults. */
  syncFilters: JsonObject
  guard: JsonObject
  holdExpiryHours: number | null
  createdAt: Date
  updatedAt: Date
}

const columns = [
  'organization_id',
  'name',
  'directory_order',
  'link_by_email',
  'verified_domains',
  'admin_email',
  'sync_filters',
  'guard',
  'hold_expiry_hours',
  'created_at',
  'updated_at',
] as const

/** Creates an organization with its event sequence, its audit trail and who counts its events. */
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
    await tx.db.insertInto('audit_heads').values({ organization_id: scope.organizationId }).execute()
    await addFollower(tx, 'tally', scope.organizationId, 0)
    appendAudit(tx, { action: 'organization.create', target: scope.organizationId })
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

/** What an administrator may change without deriving anybody anew; what is undefined stays. */
export interface OrganizationChanges {
  name?: string | undefined
  linkByEmail?: LinkByEmail | undefined
  /** In any case. */
  verifiedDomains?: readonly string[] | undefined
  adminEmail?: string | null | undefined
  /** What differs from the defaults of packages/people (`parseGuard` has seen it). */
  guard?: JsonObject | undefined
  /** Null: holds stay open until somebody decides. */
  holdExpiryHours?: number | null | undefined
}

export async function updateOrganization(tx: Transaction, changes: OrganizationChanges): Promise<Organization> {
  if (changes.guard !== undefined) await lockSettings(tx)
  await tx.db
    .updateTable('organizations')
    .set({
      name: changes.name,
      link_by_email: changes.linkByEmail,
      verified_domains: changes.verifiedDomains?.map(comparisonKey),
      admin_email: changes.adminEmail,
      guard: changes.guard && JSON.stringify(changes.guard),
      hold_expiry_hours: changes.holdExpiryHours,
      ...(changes.guard && { settings_version: sql<number>`settings_version + 1` }),
      updated_at: new Date(),
    })
    .where('organization_id', '=', tx.organizationId)
    .execute()
  const detail = describeChanges(changes, ['linkByEmail', 'guard', 'holdExpiryHours'])
  appendAudit(tx, { action: 'organization.update', target: tx.organizationId, detail })
  return getOrganization(tx)
}

interface OrganizationRow {
  organization_id: string
  name: string
  directory_order: string[]
  link_by_email: LinkByEmail
  verified_domains: string[]
  admin_email: string | null
  sync_filters: JsonObject
  guard: JsonObject
  hold_expiry_hours: number | null
  created_at: Date
  updated_at: Date
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    organizationId: row.organization_id,
    name: row.name,
    directoryOrder: row.directory_order,
    linkByEmail: row.link_by_email,
    verifiedDomains: row.verified_domains,
    adminEmail: row.admin_email,
    syncFilters: row.sync_filters,
    guard: row.guard,
    holdExpiryHours: row.hold_expiry_hours,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
