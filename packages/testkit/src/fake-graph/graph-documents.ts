import type { FakeDirectory, FakeGroup, FakeUser } from '../fake-directory/index.ts'

type Document = Record<string, unknown>

/** What a list shows of a user that does not say what it wants (https://learn.microsoft.com/en-us/graph/api/user-list). */
const userDefaults = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
]

/** Properties of users by https://learn.microsoft.com/en-us/graph/api/resources/user, of those that this fake keeps. */
const userProperties = new Set([
  ...userDefaults,
  ...['accountEnabled', 'ageGroup', 'city', 'companyName', 'country', 'createdDateTime', 'creationType', 'department'],
  ...['employeeHireDate', 'employeeId', 'employeeOrgData', 'employeeType', 'externalUserState', 'faxNumber'],
  ...['identities', 'imAddresses', 'mailNickname', 'onPremisesDistinguishedName', 'onPremisesExtensionAttributes'],
  ...['onPremisesImmutableId', 'onPremisesSamAccountName', 'otherMails', 'postalCode', 'proxyAddresses', 'state'],
  ...['streetAddress', 'usageLocation', 'userType'],
])

/** As above, by https://learn.microsoft.com/en-us/graph/api/resources/group. */
const groupDefaults = [
  ...['id', 'createdDateTime', 'description', 'displayName', 'groupTypes', 'mail', 'mailEnabled', 'mailNickname'],
  ...['onPremisesSamAccountName', 'proxyAddresses', 'securityEnabled', 'visibility'],
]
const groupProperties = new Set([...groupDefaults, 'classification', 'isAssignableToRole', 'membershipRule'])

/** A property that is set; undefined for what was never set, which delta leaves out and lists show as null. */
function userValues({ id, userName, displayName, active, createdAt, profile }: FakeUser): Document {
  return {
    userPrincipalName: userName,
    mail: userName,
    userType: 'Member',
    ...profile,
    id,
    displayName,
    accountEnabled: active,
    createdDateTime: createdAt.toISOString(),
  }
}

function groupValues({ id, name, profile, createdAt }: FakeGroup): Document {
  return {
    mailEnabled: false,
    mailNickname: id.slice(0, 8),
    securityEnabled: true,
    groupTypes: [],
    ...profile,
    id,
    displayName: name,
    createdDateTime: createdAt.toISOString(),
  }
}

const kinds = {
  users: { values: userValues, defaults: userDefaults, properties: userProperties, relation: 'manager' },
  groups: { values: groupValues, defaults: groupDefaults, properties: groupProperties, relation: 'members' },
} as const

export type GraphList = keyof typeof kinds

/** What a query selects; `unknown` names a property that there is none of, and `relation` says whether it wants relationships, too. */
export function selectionOf(list: GraphList, select: string | null) {
  const { defaults, properties, relation } = kinds[list]
  const named = select?.split(',') ?? [...defaults, relation]
  const unknown = named.find((name) => name !== relation && !properties.has(name))
  return { names: named.filter((name) => name !== relation), relation: named.includes(relation), unknown }
}

/** A user or group as it is now, of what is selected; undefined when it is gone. `unset`: what stands for what was never set. */
export function documentOf(
  directory: FakeDirectory,
  list: GraphList,
  id: string,
  names: readonly string[],
  unset: null | undefined,
): Document | undefined {
  const [user, group] = [directory.users.get(id), directory.groups.get(id)]
  const values = list === 'users' ? user && userValues(user) : group && groupValues(group)
  if (values === undefined) return undefined
  const chosen = [...new Set(['id', ...names])].map((name) => [name, values[name] ?? unset] as const)
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined))
}

/** Somebody as relationships name one. */
export function relatedOf(directory: FakeDirectory, id: string): Document {
  return { '@odata.type': directory.groups.has(id) ? '#microsoft.graph.group' : '#microsoft.graph.user', id }
}
