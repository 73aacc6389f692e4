const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The canonical SCIM user (RFC 7643 §4.1 and §4.3), from whatever identity provider pushed it. It has no start date. */
export const scim = {
  email: 'first(preferred(emails, "work").value, emailAddress(userName))',
  firstName: 'name.givenName',
  lastName: 'name.familyName',
  username: 'userName',
  department: `${enterprise}:department`,
  title: 'title',
  employeeId: `${enterprise}:employeeNumber`,
  manager: `first(${enterprise}:manager.displayName, ${enterprise}:manager.value)`,
  managerReference: `${enterprise}:manager.value`,
  location: 'first(preferred(addresses, "work").locality, preferred(addresses, "work").formatted)',
  phoneNumber: 'preferred(phoneNumbers, "work", "mobile").value',
  costCenter: `${enterprise}:costCenter`,
} as const
