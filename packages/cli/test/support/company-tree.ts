export const suffix = 'dc=example,dc=test'

/** The tree of a company: people, and groups of twenty of them each; without any people or groups when there are to be none. */
export function companyTree({ users, groups }: { users: number; groups: number }): string {
  const entries = [
    ['dn: dc=example,dc=test', 'objectClass: dcObject', 'objectClass: organization', 'dc: example', 'o: Example'],
    [`dn: ou=people,${suffix}`, 'objectClass: organizationalUnit', 'ou: people'],
    [`dn: ou=groups,${suffix}`, 'objectClass: organizationalUnit', 'ou: groups'],
    ...Array.from({ length: users }, (_, index) => user(index)),
    ...Array.from({ length: groups }, (_, index) => group(index, users)),
  ]
  return `${entries.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

export function userDn(index: number): string {
  return `uid=user${index},ou=people,${suffix}`
}

export function groupDn(index: number): string {
  return `cn=Team ${index},ou=groups,${suffix}`
}

function user(index: number): string[] {
  return [
    `dn: ${userDn(index)}`,
    'objectClass: inetOrgPerson',
    `uid: user${index}`,
    `cn: User ${index}`,
    `sn: Number${index}`,
    'givenName: User',
    `mail: user${index}@example.test`,
    `departmentNumber: ${index % 7}`,
    ...(index > 0 ? [`manager: ${userDn(Math.floor(index / 10))}`] : []),
  ]
}

function group(index: number, users: number): string[] {
  const members = Array.from({ length: 20 }, (_, place) => `member: ${userDn((index * 20 + place) % users)}`)
  return [`dn: ${groupDn(index)}`, 'objectClass: groupOfNames', `cn: Team ${index}`, ...members]
}
