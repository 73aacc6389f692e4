/**
 * An LDAP entry as attribute → value or values: Active Directory's names
 * (https://learn.microsoft.com/en-us/windows/win32/adschema/c-user), else those of `inetOrgPerson` (RFC 2798) and its
 * superclasses (RFC 4519). The manager is a distinguished name. There is no standard attribute for a cost center or
 * a start date.
 */
export const ldap = {
  email: 'first(mail, emailAddress(userPrincipalName))',
  firstName: 'givenName',
  lastName: 'sn',
  username: 'first(sAMAccountName, uid, userPrincipalName)',
  department: 'first(department, ou, departmentNumber)',
  title: 'title',
  employeeId: 'first(employeeID, employeeNumber)',
  manager: 'rdn(manager)',
  managerReference: 'manager',
  location: 'first(physicalDeliveryOfficeName, l)',
  phoneNumber: 'first(telephoneNumber, mobile)',
} as const
