/**
 * The `user` of Microsoft Graph v1.0, its `manager` expanded
 * (https://learn.microsoft.com/en-us/graph/api/resources/user). A guest's userPrincipalName looks like an address and
 * is none, so their other addresses come before it.
 */
export const azureAd = {
  email: 'first(mail, otherMails, emailAddress(userPrincipalName))',
  firstName: 'givenName',
  lastName: 'surname',
  username: 'userPrincipalName',
  department: 'department',
  title: 'jobTitle',
  employeeId: 'employeeId',
  manager: 'first(manager.displayName, manager.mail, manager.userPrincipalName)',
  managerReference: 'manager.id',
  location: 'first(officeLocation, city)',
  phoneNumber: 'first(businessPhones, mobilePhone)',
  startDate: 'date(employeeHireDate)',
  costCenter: 'employeeOrgData.costCenter',
} as const
