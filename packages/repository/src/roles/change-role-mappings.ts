import { isDeepStrictEqual } from 'node:util'
import type { RoleRule } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { comparisonKey } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { lockSettings } from '../settings/settings-lock.ts'
import { startSettlement } from '../settlements/start-settlement.ts'
import { assertRuleLeads } from './assert-rule.ts'
import { groupsOfRules, peopleOfGroups } from './groups-of-rules.ts'
import { countRoleMappings, findRoleMapping, type RoleMapping } from './role-mapping.ts'
import { settleMappedRoles } from './settle-mapped-roles.ts'

/** Everybody's roles are looked up in all of them. */
const mappingsMax = 1_000

/** So many people get their roles in the transaction of the change; more of them by a settlement. */
const peopleAtOnce = 500

/** A change that is made; `settlementId` is what makes it so for people, undefined when they have it already. */
export interface MappingChange {
  mapping: RoleMapping
  settlementId: string | undefined
}

/**
 * Adds a role mapping. The roles of the people in its groups follow, see `MappingChange`.
 * @throws `invalidValue` for a group or directory that is not there; `conflict` when there are too many mappings
 */
export async function createRoleMapping(tx: Transaction, rule: RoleRule): Promise<MappingChange> {
  await lockSettings(tx)
  await assertRuleLeads(tx, rule)
  if ((await countRoleMappings(tx)) >= mappingsMax) {
    throw new MusterError('conflict', `An organization has at most ${mappingsMax} role mappings.`)
  }
  const roleMappingId = newUuid()
  await tx.db
    .insertInto('role_mappings')
    .values({ organization_id: tx.organizationId, role_mapping_id: roleMappingId, ...columnsOf(rule) })
    .execute()
  const settlementId = await follow(tx, 'create', roleMappingId, [rule])
  return { mapping: await getMapping(tx, roleMappingId), settlementId }
}

/**
 * Makes a role mapping say what `revise` makes of its rule; undefined when there is none of this id.
 * @throws `invalidValue` for a group or directory that is not there; what `revise` throws
 */
export async function updateRoleMapping(
  tx: Transaction,
  roleMappingId: string,
  revise: (rule: RoleRule) => RoleRule,
): Promise<MappingChange | undefined> {
  await lockSettings(tx)
  const before = await findRoleMapping(tx, roleMappingId)
  if (before === undefined) return undefined
  const rule = revise(before.rule)
  if (isDeepStrictEqual(rule, before.rule)) return { mapping: before, settlementId: undefined }
  await assertRuleLeads(tx, rule)
  await tx.db
    .updateTable('role_mappings')
    .set({ ...columnsOf(rule), updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('role_mapping_id', '=', roleMappingId)
    .execute()
  const settlementId = await follow(tx, 'update', roleMappingId, [before.rule, rule])
  return { mapping: await getMapping(tx, roleMappingId), settlementId }
}

/** Deletes a role mapping, and the roles that people had by it alone; undefined when there is none of this id. */
export async function deleteRoleMapping(tx: Transaction, roleMappingId: string): Promise<MappingChange | undefined> {
  await lockSettings(tx)
  const mapping = await findRoleMapping(tx, roleMappingId)
  if (mapping === undefined) return undefined
  await tx.db
    .deleteFrom('role_mappings')
    .where('organization_id', '=', tx.organizationId)
    .where('role_mapping_id', '=', roleMappingId)
    .execute()
  return { mapping, settlementId: await follow(tx, 'delete', roleMappingId, [mapping.rule]) }
}

function columnsOf({ groupId, groupName, directoryId, roleIds }: RoleRule) {
  return {
    group_id: groupId ?? null,
    group_name: groupName ?? null,
    group_name_key: groupName === undefined ? null : comparisonKey(groupName),
    directory_id: directoryId ?? null,
    role_ids: [...roleIds],
  }
}

async function getMapping(tx: Transaction, roleMappingId: string): Promise<RoleMapping> {
  const mapping = await findRoleMapping(tx, roleMappingId)
  if (mapping === undefined) throw new Error('The role mapping is gone')
  return mapping
}

/** Makes the change count: for whoever is settled from now on, and for the people whom the rules, before and after, mean. */
async function follow(
  tx: Transaction,
  verb: 'create' | 'update' | 'delete',
  roleMappingId: string,
  rules: readonly RoleRule[],
): Promise<string | undefined> {
  appendAudit(tx, { action: `role_mapping.${verb}`, target: roleMappingId, detail: auditOf(rules.at(-1)) })
  const own = sql`organization_id = ${tx.organizationId}`
  await send(
    tx.db,
    sql`
    UPDATE organizations SET settings_version = settings_version + 1,
      has_role_mappings = EXISTS (SELECT FROM role_mappings WHERE ${own}) WHERE ${own}`,
  )
  const concerned = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT DISTINCT user_id FROM (${peopleOfGroups(tx.organizationId, groupsOfRules(tx.organizationId, rules))}) people
    LIMIT ${peopleAtOnce + 1}`,
  )
  if (concerned.length > peopleAtOnce) return startSettlement(tx, { kind: 'roles', total: await countPeople(tx) })
  await settleMappedRoles(
    tx,
    concerned.map((row) => row.user_id),
  )
  return undefined
}

/** Ids alone: the name of a group is a text that somebody chose. */
function auditOf(rule: RoleRule | undefined): Record<string, unknown> {
  const { groupId, directoryId, roleIds } = rule ?? {}
  return { ...(groupId && { groupId }), ...(directoryId && { directoryId }), roleIds }
}

async function countPeople(tx: Transaction): Promise<number> {
  const [row] = await send(
    tx.db,
    sql<{ count: number }>`SELECT count(*) AS count FROM users WHERE organization_id = ${tx.organizationId}`,
  )
  return Number(row?.count)
}
