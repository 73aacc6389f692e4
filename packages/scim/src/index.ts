export type { BulkEntry, BulkMethod, BulkOperation } from './bulk/bulk-operation.ts'
export { type ReferencedResource, referencedBulkId, replaceReferences } from './bulk/bulk-references.ts'
export { readBulkRequest } from './bulk/bulk-request.ts'
export { type BulkResult, bulkResponse } from './bulk/bulk-response.ts'
export { type BulkStage, planBulk } from './bulk/plan-bulk.ts'
export { postponeReferences } from './bulk/postpone-references.ts'
export { type Dialect, standardDialects } from './dialect.ts'
export { resourceTypeDocuments } from './discovery/resource-type-documents.ts'
export { schemaDocument, schemaDocuments } from './discovery/schema-documents.ts'
export { serviceProviderConfig } from './discovery/service-provider-config.ts'
export { scimErrorBody } from './error-body.ts'
export type { CompareOperator, Comparison, ElementFilter, Filter, FilterValue, Presence } from './filter/filter.ts'
export { foldedOverlay } from './filter/folded-overlay.ts'
export { matchesFilter } from './filter/matches-filter.ts'
export { filterLimits, parseFilter } from './filter/parse-filter.ts'
export { printFilter } from './filter/print-filter.ts'
export { type Json, type JsonObject, sameJson } from './json.ts'
export { parseIndexPage } from './list/index-page.ts'
export { listResponse } from './list/list-response.ts'
export { parseSort, type Sort } from './list/sort.ts'
export { maskAddress, maskQuery } from './masking/mask-address.ts'
export { maskJson } from './masking/mask-json.ts'
export { maskAgent, maskDetail, maskMediaType } from './masking/mask-words.ts'
export { readMessage } from './message.ts'
export { type GroupPatchPlan, patchGroupAttributes, planGroupPatch } from './patch/group-patch.ts'
export type { MemberField, MemberFilter } from './patch/member-filter.ts'
export type { MemberStep } from './patch/member-steps.ts'
export { patchUser } from './patch/patch-user.ts'
export {
  type CompatibilityFlag,
  compatibilityFlags,
  type Profile,
  type ProfileName,
  profileOf,
  profiles,
} from './profile.ts'
export { project } from './projection/project.ts'
export { parseSelection, type Selection, selectsAttribute } from './projection/selection.ts'
export { selectionAfterWrite } from './projection/selection-after-write.ts'
export { parseGroup } from './resource/parse-group.ts'
export { parseUser } from './resource/parse-user.ts'
export type { Attribute, AttributeType } from './schema/attribute.ts'
export { enterpriseUserSchema } from './schema/enterprise-user-schema.ts'
export { breakingChanges } from './schema/registration/breaking-changes.ts'
export { parseExtensionSchema } from './schema/registration/parse-extension-schema.ts'
export { findUrnClash, isSchemaUrn, urnKey } from './schema/registration/schema-urn.ts'
export {
  type AttributePath,
  attributeKey,
  pathName,
  type ResolvedPath,
  resolveAttribute,
} from './schema/resolve-attribute.ts'
export { groupResourceType, type ResourceType, userResourceType } from './schema/resource-type.ts'
export {
  type ExtensionSchema,
  type ResourceTypes,
  resourceTypesWith,
  standardResourceTypes,
} from './schema/resource-types.ts'
export type { Schema } from './schema/schema.ts'
export { comparisonKey } from './value/comparison-key.ts'
export { canonicalInstant } from './value/instant.ts'
