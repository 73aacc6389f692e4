import { parseRoleRule, type RoleRule, roleLimits } from '@muster/people'
import type { RoleMapping } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { fromTypeId, toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { nullableText, timestamp } from '../schema/values.ts'
import { startedProperties } from '../settlements/representation.ts'

const properties = {
  id: Type.String(),
  groupId: nullableText,
  groupName: nullableText,
  directoryId: nullableText,
  roleIds: Type.Array(Type.String()),
  createdAt: timestamp,
  updatedAt: timestamp,
}

/** A group, or groups by their name, and the roles that their people have. */
export const mappingSchema = Type.Object(properties)

/** With what the change has begun. */
export const changedMappingSchema = Type.Object({ ...properties, settlement: startedProperties.settlement })

export const deletedMappingSchema = Type.Object({ settlement: startedProperties.settlement })

const optionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description }))

const ruleProperties = {
  groupId: optionalText(64, 'This group. Either it or groupName.'),
  groupName: optionalText(1_024, 'Groups of this name, in any case, also those to come.'),
  directoryId: optionalText(64, 'Only groups of this directory.'),
}
const roleIds = Type.Array(Type.String({ maxLength: roleLimits.characters }), {
  minItems: 1,
  maxItems: roleLimits.rolesPerRule,
})

export const mappingDraft = closed({ ...organizationChoice, ...ruleProperties, roleIds })

export const mappingChanges = closed({ ...organizationChoice, ...ruleProperties, roleIds: Type.Optional(roleIds) })

const rulePart = closed({ ...ruleProperties, roleIds })

export const mappingPreview = closed({
  ...organizationChoice,
  id: Type.Optional(Type.String({ maxLength: 64, description: 'The mapping to replace; left out: a new one.' })),
  mapping: Type.Unsafe<Static<typeof rulePart> | null>({
    ...rulePart,
    type: ['object', 'null'],
    description: 'What it is to say; null: it is deleted.',
  }),
})

export const impactSchema = Type.Object({
  roles: Type.Array(
    Type.Object({
      roleId: Type.String(),
      gaining: Type.Integer({ description: 'People who would have it and do not.' }),
      losing: Type.Integer({ description: 'People who have it and no longer would.' }),
    }),
  ),
})

type RuleBody = Partial<Static<typeof rulePart>>

/**
 * The rule in a body, over the one there is: another way to name the group takes the place of the one before, null
 * leaves something out. @throws `invalidValue`
 */
export function ruleIn(
  { groupId, groupName, directoryId, roleIds }: RuleBody,
  before: Partial<RoleRule> = {},
): RoleRule {
  const isNamed = (groupId ?? groupName) != null
  return parseRoleRule({
    groupId: groupId === undefined && !isNamed ? before.groupId : uuidIn('group', groupId),
    groupName: groupName === undefined && !isNamed ? before.groupName : groupName,
    directoryId: directoryId === undefined ? before.directoryId : uuidIn('directory', directoryId),
    roleIds: roleIds ?? before.roleIds,
  })
}

/** The same text as for an id that nobody has. */
function uuidIn(kind: 'group' | 'directory', id: string | null | undefined): string | undefined {
  if (id === null || id === undefined) return undefined
  const uuid = fromTypeId(kind, id)
  if (uuid === undefined) throw new MusterError('invalidValue', `roleMapping.${kind}Id: there is no such ${kind}.`)
  return uuid
}

export function representMapping({ roleMappingId, rule, ...times }: RoleMapping): Static<typeof mappingSchema> {
  const { groupId, groupName, directoryId } = rule
  return {
    id: toTypeId('roleMapping', roleMappingId),
    groupId: groupId === undefined ? null : toTypeId('group', groupId),
    groupName: groupName ?? null,
    directoryId: directoryId === undefined ? null : toTypeId('directory', directoryId),
    roleIds: [...rule.roleIds],
    createdAt: times.createdAt.toISOString(),
    updatedAt: times.updatedAt.toISOString(),
  }
}
