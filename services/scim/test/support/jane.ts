import { urns } from './scim-client.ts'

/** A user with something of everything, in the form in which she is answered. */
export const jane = {
  schemas: [urns.user, urns.enterprise],
  externalId: '00u1',
  userName: 'Jane@Acme.test',
  name: { givenName: 'Jane', familyName: 'Doe' },
  displayName: 'Jane Doe',
  active: true,
  emails: [{ value: 'jane@acme.test', type: 'work', primary: true }],
  [urns.enterprise]: { department: 'Sales', employeeNumber: '7' },
}
