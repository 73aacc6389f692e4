import { comparisonKey } from '@muster/runtime/comparison-key'
import { invalidSetting, settingsObject, textList } from '../settings-input.ts'

/** Who is in the group has the roles. The group by its id or its name (folded), of any directory or of one. */
export interface RoleRule {
  readonly groupId?: string
  readonly groupName?: string
  readonly directoryId?: string
  readonly roleIds: readonly string[]
}

/** A group of a person, nested ones counted; ids in the form that the rules use. */
export interface RoleGroup {
  readonly id: string
  readonly name: string
  readonly directoryId: string
}

/** A role that somebody has, and why: `manual`, or `group:` and the group's id. One role can have several sources. */
export interface SourcedRole {
  readonly id: string
  readonly source: 'manual' | `group:${string}`
}

export const roleLimits = { rolesPerRule: 50, characters: 100 } as const

const roleId = /^[A-Za-z0-9._:-]{1,100}$/

/** A role's id is the application's: 1 to 100 letters, digits, dots, underscores, colons, hyphens. */
export function isRoleId(text: string): boolean {
  return roleId.test(text)
}

/**
 * Checks a rule that somebody sent.
 * @throws `invalidValue`
 */
export function parseRoleRule(input: unknown): RoleRule {
  const given = settingsObject(input, 'roleMapping', ['groupId', 'groupName', 'directoryId', 'roleIds'])
  if (isAbsent(given.groupId) === isAbsent(given.groupName)) {
    throw invalidSetting('roleMapping', 'either groupId or groupName is expected')
  }
  const limits = { max: roleLimits.rolesPerRule, charactersMax: roleLimits.characters }
  const roleIds = textList(given.roleIds, 'roleMapping.roleIds', limits)
  const badAt = roleIds.findIndex((id) => !isRoleId(id))
  if (badAt >= 0 || roleIds.length === 0) {
    throw invalidSetting(
      'roleMapping.roleIds',
      'a role is 1 to 100 letters, digits, dots, underscores, colons and hyphens',
    )
  }
  return {
    ...optionalText(given, 'groupId'),
    ...optionalText(given, 'groupName'),
    ...optionalText(given, 'directoryId'),
    roleIds,
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function optionalText(given: Record<string, unknown>, key: string): Record<string, string> {
  if (isAbsent(given[key])) return {}
  const [text = ''] = textList([given[key]], `roleMapping.${key}`, { max: 1, charactersMax: 1_024 })
  return { [key]: text }
}

/** The roles of a person from the groups and by hand, sorted by role, then by source. */
export function rolesOf(
  groups: readonly RoleGroup[],
  rules: readonly RoleRule[],
  manualRoleIds: readonly string[],
): SourcedRole[] {
  const roles = new Map<string, SourcedRole>()
  const add = (role: SourcedRole) => roles.set(`${role.id} ${role.source}`, role)
  for (const id of manualRoleIds) add({ id, source: 'manual' })
  for (const rule of rules) {
    const isMeant = ruleTest(rule)
    for (const group of groups.filter(isMeant)) {
      for (const id of rule.roleIds) add({ id, source: `group:${group.id}` })
    }
  }
  return [...roles.values()].sort((a, b) => compare(a.id, b.id) || compare(a.source, b.source))
}

function ruleTest({ groupId, groupName, directoryId }: RoleRule): (group: RoleGroup) => boolean {
  const nameKey = groupName === undefined ? undefined : comparisonKey(groupName)
  return (group) =>
    (directoryId === undefined || group.directoryId === directoryId) &&
    (groupId === group.id || (nameKey !== undefined && nameKey === comparisonKey(group.name)))
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}
