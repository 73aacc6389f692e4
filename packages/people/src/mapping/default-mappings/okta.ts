/**
 * The `User` of Okta's API with its default profile
 * (https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/). The default profile has no start
 * date; custom properties are `profile.<name>`.
 */
export const okta = {
  email: 'first(profile.email, emailAddress(profile.login))',
  firstName: 'profile.firstName',
  lastName: 'profile.lastName',
  username: 'profile.login',
  department: 'profile.department',
  title: 'profile.title',
  employeeId: 'profile.employeeNumber',
  manager: 'first(profile.manager, profile.managerId)',
  managerReference: 'profile.managerId',
  location: 'first(profile.city, profile.postalAddress)',
  phoneNumber: 'first(profile.primaryPhone, profile.mobilePhone)',
  costCenter: 'profile.costCenter',
} as const
