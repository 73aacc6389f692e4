export type ProfileName = 'compatible' | 'strict'

/** One flag for every deviation from the RFCs that we tolerate because an identity provider needs it. */
export interface Profile {
  /** `Add`, `Replace`, `Remove` as `op`. Entra ID without the `aadOptscim062020` flag. */
  readonly anyCaseOp: boolean
  /** `"True"` and `"False"` where a boolean belongs, in bodies, paths and filters. Entra ID; OneLogin's templates. */
  readonly stringBooleans: boolean
  /** `emails[type eq "work"].value` creates the element when none matches. Entra ID, for Add and Replace. */
  readonly createOnValuePathMiss: boolean
  /** A bare value for a complex attribute means its `value`. Entra ID: `manager` as a string. */
  readonly wrapSimpleAsComplex: boolean
  /** One object for a multi-valued attribute means a list of one. JumpCloud, hand-written OneLogin templates. */
  readonly singleAsList: boolean
  /** A list of one for a single-valued attribute means its element. Entra ID: `manager` as `[{ value }]`. */
  readonly unwrapListOfOne: boolean
  /** Attributes of no known schema are dropped. Entra ID custom attributes, OneLogin templates. */
  readonly ignoreUnknownAttributes: boolean
  /** URNs in `schemas` that we do not serve are dropped. Entra ID sends legacy and misspelt ones. */
  readonly ignoreUnknownSchemas: boolean
  /** A body without `schemas`. Okta and SailPoint fixtures, hand-written clients. */
  readonly optionalSchemas: boolean
  /** A PATCH with `Operations: []` changes nothing. Microsoft's SCIM validator. */
  readonly emptyOperationsAreNoOp: boolean
  /** `""` unassigns an optional value. Entra ID removes a manager so; OneLogin's templates render missing values so. */
  readonly emptyStringUnassigns: boolean
  /** `remove` names the elements in `value`. Entra ID, OneLogin, JumpCloud, authentik; Ping wraps them in an object. */
  readonly removeWithValue: boolean
  /** `id`, `meta`, `groups` inside a PATCH value without a path are dropped. Okta, authentik. */
  readonly ignoreReadOnlyInValue: boolean
  /** Extension attributes without their URN: `manager`, `department`. Entra ID, in bodies, paths and filters. */
  readonly unprefixedExtensionAttributes: boolean
  /** Other names for a sub-attribute. OneLogin: `manager.managerId`; Entra ID: `roles.displayName`. */
  readonly aliasedSubAttributes: boolean
  /** Whole PATCH paths as keys of a value: `"name.givenName"`. Entra ID with `aadOptscim062020`. */
  readonly pathsAsKeys: boolean
  /** A comparison value without quotes: `externalId eq jyoung`. Entra ID's documentation. */
  readonly unquotedFilterValues: boolean
  /** No two groups of a directory share a displayName: 409. Microsoft's validator and authentik expect it; RFC 7643 does not. */
  readonly uniqueGroupNames: boolean
  /** Members that the directory does not know are left out instead of refused. Okta and Entra ID race users and groups. */
  readonly ignoreUnknownMembers: boolean
}

const strict: Profile = {
  anyCaseOp: false,
  stringBooleans: false,
  createOnValuePathMiss: false,
  wrapSimpleAsComplex: false,
  singleAsList: false,
  unwrapListOfOne: false,
  ignoreUnknownAttributes: false,
  ignoreUnknownSchemas: false,
  optionalSchemas: false,
  emptyOperationsAreNoOp: false,
  emptyStringUnassigns: false,
  removeWithValue: false,
  ignoreReadOnlyInValue: false,
  unprefixedExtensionAttributes: false,
  aliasedSubAttributes: false,
  pathsAsKeys: false,
  unquotedFilterValues: false,
  uniqueGroupNames: false,
  ignoreUnknownMembers: false,
}

const compatible: Profile = {
  anyCaseOp: true,
  stringBooleans: true,
  createOnValuePathMiss: true,
  wrapSimpleAsComplex: true,
  singleAsList: true,
  unwrapListOfOne: true,
  ignoreUnknownAttributes: true,
  ignoreUnknownSchemas: true,
  optionalSchemas: true,
  emptyOperationsAreNoOp: true,
  emptyStringUnassigns: true,
  removeWithValue: true,
  ignoreReadOnlyInValue: true,
  unprefixedExtensionAttributes: true,
  aliasedSubAttributes: true,
  pathsAsKeys: true,
  unquotedFilterValues: true,
  uniqueGroupNames: true,
  ignoreUnknownMembers: true,
}

/** `strict` is the RFCs and nothing else; `compatible`, the default of a directory, tolerates every deviation above. */
export const profiles: Record<ProfileName, Profile> = { compatible, strict }
