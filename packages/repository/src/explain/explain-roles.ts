import { toTypeId } from '@muster/runtime/type-ids'
import { toRoleView } from '../people/views/user-view.ts'
import { explainGroup, type GroupExplanation, type Standing, unknownGroup } from './explain-group.ts'
import type { GroupFacts } from './group-facts.ts'
import { type Reasoned, reasoned } from './reasons.ts'
import type { MappingFacts, RoleFacts } from './role-facts.ts'

/** Where a role of a person comes from. */
export interface RoleSource extends Reasoned {
  /** `manual`, or `group:` and the id of the group, as users show it. */
  source: string
  /** The mappings that give the role for that group. */
  roleMappingIds: string[]
  /** The group and the way into it; null for `manual`. */
  group: GroupExplanation | null
}

export interface RoleExplanation {
  id: string
  sources: RoleSource[]
}

/** What a role mapping that would give a role lacks first; the mapping is null when there is none. */
export interface MissingRole extends GroupExplanation {
  roleMappingId: string | null
}

export interface AskedRole extends RoleExplanation {
  has: boolean
  /** Empty for a role that the person has. */
  missing: MissingRole[]
}

/** The roles of a person by id, each with all its sources. */
export function explainRoles(
  roles: readonly RoleFacts[],
  groups: readonly GroupFacts[],
  standing: Standing,
): RoleExplanation[] {
  const known = new Map(groups.map((group) => [`group:${group.group_id}`, group]))
  const byRole = Map.groupBy(roles, ({ role_id: id }) => id)
  return [...byRole].map(([id, own]) => ({
    id,
    sources: own.map((role) => explainSource(role, known.get(role.source), standing)),
  }))
}

/** One role, whether the person has it or not; `mappings` are all that give it. */
export function explainRole(
  id: string,
  roles: readonly RoleExplanation[],
  mappings: readonly MappingFacts[],
  standing: Standing,
): AskedRole {
  const sources = roles.find((role) => role.id === id)?.sources ?? []
  const has = sources.length > 0
  return { id, has, sources, missing: has ? [] : missingOf(mappings, standing) }
}

function explainSource(role: RoleFacts, group: GroupFacts | undefined, standing: Standing): RoleSource {
  const { source } = toRoleView({ id: role.role_id, source: role.source })
  const roleMappingIds = (role.mapping_ids ?? []).map((id) => toTypeId('roleMapping', id))
  if (source === 'manual') return { source, roleMappingIds, group: null, ...reasoned('assignedByHand') }
  const explained = group === undefined ? null : explainGroup(group, standing)
  const isSettled = roleMappingIds.length > 0 && explained !== null
  return { source, roleMappingIds, group: explained, ...reasoned(isSettled ? 'assignedByMapping' : 'notSettledYet') }
}

function missingOf(mappings: readonly MappingFacts[], standing: Standing): MissingRole[] {
  if (mappings.length === 0) {
    return [{ roleMappingId: null, ...unknownGroup(null, null, null), ...reasoned('noMapping') }]
  }
  return mappings.map((mapping) => ({
    roleMappingId: toTypeId('roleMapping', mapping.role_mapping_id),
    ...missingStep(mapping, standing),
  }))
}

/** Who is in the group has the role as soon as the mapping is settled. */
function missingStep(mapping: MappingFacts, standing: Standing): GroupExplanation {
  const { group, group_id: groupId, group_name: name, directory_id: directoryId } = mapping
  if (group === null) {
    return unknownGroup(groupId && toTypeId('group', groupId), name, directoryId && toTypeId('directory', directoryId))
  }
  const explained = explainGroup(group, standing)
  return explained.has ? { ...explained, ...reasoned('notSettledYet') } : explained
}
