const enterprise = 'Extensions.`aws:identitystore:enterprise`'

/**
 * The `User` of AWS IAM Identity Center's Identity Store, with its enterprise extension where it was asked for
 * (https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_User.html): SCIM's attributes, in
 * names with capitals. It has no start date.
 */
export const awsDirectory = {
  email: 'first(preferred(Emails, "work").Value, emailAddress(UserName))',
  firstName: 'Name.GivenName',
  lastName: 'Name.FamilyName',
  username: 'UserName',
  department: `${enterprise}.department`,
  title: 'Title',
  employeeId: `${enterprise}.employeeNumber`,
  manager: `first(${enterprise}.manager.displayName, ${enterprise}.manager.value)`,
  managerReference: `${enterprise}.manager.value`,
  location: 'first(preferred(Addresses, "work").Locality, preferred(Addresses, "work").Formatted)',
  phoneNumber: 'preferred(PhoneNumbers, "work", "mobile").Value',
  costCenter: `${enterprise}.costCenter`,
} as const
