/** An entry as LDIF: attributes with one value or several. */
export function entry(dn: string, attributes: Readonly<Record<string, string | readonly string[]>>): string {
  const lines = Object.entries(attributes).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}${isSafe(value) ? ': ' : ':: '}${isSafe(value) ? value : base64(value)}`),
  )
  return [`dn: ${dn}`, ...lines, ''].join('\n')
}

/** Text that LDIF takes as it is (RFC 2849). */
function isSafe(value: string): boolean {
  return /^[!-9;=-~][ -~]*$/.test(value) && !value.endsWith(' ')
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64')
}

export const suffix = 'dc=example,dc=test'
export const people = `ou=people,${suffix}`
export const groups = `ou=groups,${suffix}`
export const reader = { dn: `cn=reader,${suffix}`, password: 'reader-secret' } as const

/** The tree without anybody in it, but for who reads. */
export const emptyTree = [
  entry(suffix, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' }),
  entry(reader.dn, {
    objectClass: ['simpleSecurityObject', 'organizationalRole'],
    cn: 'reader',
    userPassword: reader.password,
  }),
  entry(people, { objectClass: 'organizationalUnit', ou: 'people' }),
  entry(groups, { objectClass: 'organizationalUnit', ou: 'groups' }),
].join('\n')

export function userDn(uid: string): string {
  return `uid=${uid},${people}`
}

export function person(uid: string, more: Readonly<Record<string, string | readonly string[]>> = {}): string {
  const name = { cn: `User ${uid}`, sn: uid, givenName: 'User', mail: `${uid}@example.test` }
  return entry(userDn(uid), { objectClass: 'inetOrgPerson', uid, ...name, ...more })
}

export function groupDn(cn: string): string {
  return `cn=${cn},${groups}`
}

export function group(cn: string, members: readonly string[]): string {
  return entry(groupDn(cn), { objectClass: 'groupOfNames', cn, member: members })
}
