/**
 * The `User` of the Admin SDK's Directory API, projection `full`
 * (https://developers.google.com/workspace/admin/directory/reference/rest/v1/users). The manager is an address among the
 * relations. It has no start date; one in a custom schema is `date(customSchemas.<schema>.<field>)`.
 */
export const googleWorkspace = {
  email: 'primaryEmail',
  firstName: 'name.givenName',
  lastName: 'name.familyName',
  username: 'primaryEmail',
  department: 'preferred(organizations, "work").department',
  title: 'preferred(organizations, "work").title',
  employeeId: 'externalIds[type eq "organization"].value',
  manager: 'relations[type eq "manager"].value',
  managerReference: 'relations[type eq "manager"].value',
  location:
    'first(preferred(organizations, "work").location, preferred(addresses, "work").locality, preferred(addresses, "work").formatted, preferred(locations, "desk").buildingId)',
  phoneNumber: 'preferred(phones, "work", "mobile").value',
  costCenter: 'preferred(organizations, "work").costCenter',
} as const
