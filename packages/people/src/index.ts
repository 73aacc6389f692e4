export {
  type AttributeChanges,
  attributeChanges,
  type CustomAttribute,
  isCustomAttribute,
  isPersonAttribute,
  isShownAttribute,
  type PersonAttribute,
  type Provided,
  personAttributes,
  type ShapedAttributes,
  shapeAttributes,
} from './attributes.ts'
export {
  type CompiledFilters,
  compileFilters,
  type FilteredGroup,
  type FilterReason,
  type FilterSubject,
  filterReasons,
  isSelected,
  passes,
  passesGroups,
  type SelectedUser,
} from './filters/compiled-filters.ts'
export type { FilteredUser } from './filters/filter-key.ts'
export { filterLimits, noFilters, parseSyncFilters, type SyncFilters } from './filters/sync-filters.ts'
export { fold } from './fold.ts'
export {
  defaultGuardLimits,
  type Guard,
  type GuardKind,
  type GuardLimits,
  judge,
  parseGuard,
  type Removals,
  trips,
} from './guard/guard.ts'
export { applyMapping, type CompiledMapping, changedTargets, compileMapping } from './mapping/compiled-mapping.ts'
export { defaultMappings, type SourceType } from './mapping/default-mappings/default-mappings.ts'
export { documentPaths } from './mapping/document-paths.ts'
export { type Expression, expressionLimits } from './mapping/expression.ts'
export { type MappingFunction, mappingFunctions } from './mapping/functions.ts'
export { isMappingTarget, type Mapping, type MappingTarget, mappingLimits, parseMapping } from './mapping/mapping.ts'
export { parseExpression } from './mapping/parse-expression.ts'
export { printExpression } from './mapping/print-expression.ts'
export { type ChildEdge, flattenGroups, type Membership } from './merge/flatten-groups.ts'
export { type MergedPerson, mergePerson, type PersonSource } from './merge/merge-person.ts'
export { type SourcedValue, type ValueSource, type Winner, winners } from './merge/winners.ts'
export {
  isRoleId,
  parseRoleRule,
  type RoleGroup,
  type RoleRule,
  roleLimits,
  rolesOf,
  type SourcedRole,
} from './roles/role-rules.ts'
