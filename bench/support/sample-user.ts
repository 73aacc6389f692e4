let made = 0

/** A new user of one kilobyte, as identity providers send them; no two have the same name. */
export function sampleUser(): object {
  const name = `user-${process.pid}-${made++}@bench.test`
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: name,
    externalId: name,
    active: true,
    name: { givenName: 'Given', familyName: 'Family', formatted: 'Given Family' },
    displayName: 'Given Family',
    title: 'Engineer',
    emails: [{ value: name, type: 'work', primary: true }],
    phoneNumbers: [{ value: '+1 555 0100', type: 'work' }],
    addresses: [{ type: 'work', locality: 'Town', country: 'US', formatted: 'x'.repeat(500) }],
  }
}
