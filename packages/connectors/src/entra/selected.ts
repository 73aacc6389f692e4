/**
 * What is asked for of a user. Without it Graph leaves out whether an account is enabled. All of it is kept by the directory itself:
 * only that can be tracked (https://learn.microsoft.com/en-us/graph/delta-query-overview). What changes by itself (sign-ins,
 * times, licences) is not here.
 */
export const userProperties = [
  'id',
  'accountEnabled',
  'userPrincipalName',
  'userType',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'mailNickname',
  'otherMails',
  'proxyAddresses',
  'jobTitle',
  'department',
  'companyName',
  'employeeId',
  'employeeType',
  'employeeHireDate',
  'employeeOrgData',
  'officeLocation',
  'streetAddress',
  'city',
  'state',
  'postalCode',
  'country',
  'usageLocation',
  'preferredLanguage',
  'businessPhones',
  'mobilePhone',
  'faxNumber',
  'onPremisesSamAccountName',
  'onPremisesImmutableId',
  'onPremisesExtensionAttributes',
] as const

/** What is asked for of a group, beside its members. */
export const groupProperties = [
  'id',
  'displayName',
  'description',
  'groupTypes',
  'mail',
  'mailEnabled',
  'mailNickname',
  'onPremisesSamAccountName',
  'securityEnabled',
  'visibility',
] as const

/** Whom a user reports to; the id is all that is needed. */
export const expandedManager = 'manager($select=id)'

/** A query, as Graph is asked: `?$select=…`. */
export function queryOf(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `$${name}=${encodeURIComponent(value)}`)
  return `?${pairs.join('&')}`
}
