/**
 * What is read of a user, as the entry's `attributes`. What changes by itself (logons, counters, times) is not here, and what
 * others say of it (`memberOf`) neither.
 */
export const userAttributes = [
  'cn',
  'displayName',
  'givenName',
  'initials',
  'sn',
  'mail',
  'proxyAddresses',
  'uid',
  'sAMAccountName',
  'userPrincipalName',
  'employeeID',
  'employeeNumber',
  'employeeType',
  'title',
  'department',
  'departmentNumber',
  'division',
  'company',
  'o',
  'ou',
  'manager',
  'description',
  'physicalDeliveryOfficeName',
  'roomNumber',
  'street',
  'streetAddress',
  'l',
  'st',
  'postalCode',
  'postalAddress',
  'c',
  'co',
  'telephoneNumber',
  'mobile',
  'preferredLanguage',
  'businessCategory',
  'userAccountControl',
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`),
] as const

/** What is read of a group, beside its members. */
export const groupAttributes = [
  'cn',
  'displayName',
  'description',
  'mail',
  'sAMAccountName',
  'groupType',
  'gidNumber',
  'managedBy',
  'owner',
  'businessCategory',
  'o',
  'ou',
] as const

/** Where a group's name is: the first of these that it has. */
export const groupNameAttributes = ['cn', 'displayName', 'sAMAccountName', 'ou'] as const
