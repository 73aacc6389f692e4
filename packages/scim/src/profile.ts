export type ProfileName = 'compatible' | 'strict'

/** One flag for every deviation from the RFCs that we tolerate because an identity provider needs it, and who does. */
export const compatibilityFlags = {
  anyCaseOp: '`Add`, `Replace`, `Remove` as `op`. Entra ID without the `aadOptscim062020` flag.',
  stringBooleans:
    '`"True"` and `"False"` where a boolean belongs, in bodies, paths and filters. Entra ID; OneLogin\'s templates.',
  createOnValuePathMiss:
    '`emails[type eq "work"].value` creates the element when none matches. Entra ID, for Add and Replace.',
  wrapSimpleAsComplex: 'A bare value for a complex attribute means its `value`. Entra ID: `manager` as a string.',
  singleAsList:
    'One object for a multi-valued attribute means a list of one. JumpCloud, hand-written OneLogin templates.',
  unwrapListOfOne:
    'A list of one for a single-valued attribute means its element. Entra ID: `manager` as `[{ value }]`.',
  ignoreUnknownAttributes: 'Attributes of no known schema are dropped. Entra ID custom attributes, OneLogin templates.',
  ignoreUnknownSchemas: 'URNs in `schemas` that we do not serve are dropped. Entra ID sends legacy and misspelt ones.',
  optionalSchemas: 'A body without `schemas`. Okta and SailPoint fixtures, hand-written clients.',
  emptyOperationsAreNoOp: "A PATCH with `Operations: []` changes nothing. Microsoft's SCIM validator.",
  emptyStringUnassigns:
    '`""` unassigns an optional value. Entra ID removes a manager so; OneLogin\'s templates render missing values so.',
  removeWithValue:
    '`remove` names the elements in `value`. Entra ID, OneLogin, JumpCloud, authentik; Ping wraps them in an object.',
  ignoreReadOnlyInValue: '`id`, `meta`, `groups` inside a PATCH value without a path are dropped. Okta, authentik.',
  unprefixedExtensionAttributes:
    'Extension attributes without their URN: `manager`, `department`. Entra ID, in bodies, paths and filters.',
  aliasedSubAttributes:
    'Other names for a sub-attribute. OneLogin: `manager.managerId`; Entra ID: `roles.displayName`.',
  anyTextAsReference:
    "Text that is no URI where an address belongs, such as one with spaces in it. OneLogin's templates, hand-written clients.",
  pathsAsKeys: 'Whole PATCH paths as keys of a value: `"name.givenName"`. Entra ID with `aadOptscim062020`.',
  unquotedFilterValues: "A comparison value without quotes: `externalId eq jyoung`. Entra ID's documentation.",
  uniqueGroupNames:
    "No two groups of a directory share a displayName: 409. Microsoft's validator and authentik expect it; RFC 7643 does not.",
  ignoreUnknownMembers:
    'Members that the directory does not know are left out instead of refused. Okta and Entra ID race users and groups.',
  acceptUnknownManagers:
    "A manager whom the directory does not know is kept as text. Entra ID sends managers before they are provisioned; Microsoft's validator sends ids of nobody.",
  groupPatchAnswersResource:
    'PATCH and PUT of a group answer 200 with the resource instead of 204. Clients that read every answer; off unless asked for.',
  groupPutAnswersNothing:
    'PUT of a group answers 204 as its PATCH does, unless `attributes` asks for the resource. Okta pushes groups of any size.',
  ignoreUnacceptable:
    'An Accept header that names no JSON is answered with JSON all the same. Hand-written clients send what they copied.',
  looseBulkPaths:
    'Bulk paths without their first slash, or absolute below the base URL. Hand-written clients; RFC 7644 wants `/Users`.',
} as const

export type CompatibilityFlag = keyof typeof compatibilityFlags

/** Which deviations a directory tolerates. */
export type Profile = Readonly<Record<CompatibilityFlag, boolean>>

const allFlags = Object.keys(compatibilityFlags) as CompatibilityFlag[]

/** Deviations that not even the compatible profile has: a directory asks for them one by one. */
const onRequest: ReadonlySet<CompatibilityFlag> = new Set(['groupPatchAnswersResource'])

/** `strict` is the RFCs and nothing else; `compatible`, the default of a directory, tolerates what providers send. */
export const profiles: Record<ProfileName, Profile> = {
  compatible: profileWith((flag) => !onRequest.has(flag)),
  strict: profileWith(() => false),
}

/** A profile with some flags set otherwise, as a directory's settings say. */
export function profileOf(name: ProfileName, overrides: Partial<Profile>): Profile {
  return { ...profiles[name], ...overrides }
}

function profileWith(isOn: (flag: CompatibilityFlag) => boolean): Profile {
  return Object.fromEntries(allFlags.map((flag) => [flag, isOn(flag)])) as Profile
}
