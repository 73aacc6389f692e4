import type { LdapEntry } from './entry.ts'
import { textsOf } from './entry.ts'

/** How a kind of server names things. */
export interface Flavour {
  title: string
  /** Recognised by what it says of itself in its root entry (RFC 4512 §5.1). */
  isSpokenBy(rootEntry: LdapEntry): boolean
  idAttribute: string
  userNameAttribute: string
  userFilter: string
  groupFilter: string
  memberAttributes: readonly string[]
  /** What tells that an entry has changed: a number of one server, or a time. */
  changes: { by: 'number' | 'time'; attribute: string; createdAttribute: string }
  /** Whether each page has a cookie of its own, so that one that comes again is a loop. */
  ownCookies: boolean
}

const activeDirectoryCapabilities = ['1.2.840.113556.1.4.800', '1.2.840.113556.1.4.1851']

const standard = {
  idAttribute: 'entryUUID',
  userNameAttribute: 'uid',
  userFilter: '(objectClass=inetOrgPerson)',
  groupFilter:
    '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)(objectClass=posixGroup))',
  memberAttributes: ['member', 'uniqueMember', 'memberUid'],
  changes: { by: 'time', attribute: 'modifyTimestamp', createdAttribute: 'createTimestamp' },
} as const

/** The kinds of servers, as a server is compared with them. */
export const flavours = {
  activeDirectory: {
    title: 'Active Directory',
    isSpokenBy: (root) =>
      textsOf(root, 'supportedCapabilities').some((oid) => activeDirectoryCapabilities.includes(oid)),
    idAttribute: 'objectGUID',
    userNameAttribute: 'sAMAccountName',
    userFilter: '(&(objectCategory=person)(objectClass=user))',
    groupFilter: '(objectClass=group)',
    memberAttributes: ['member'],
    changes: { by: 'number', attribute: 'uSNChanged', createdAttribute: 'uSNCreated' },
    ownCookies: true,
  },
  openldap: {
    ...standard,
    title: 'OpenLDAP',
    isSpokenBy: (root) => textsOf(root, 'objectClass').includes('OpenLDAProotDSE'),
    ownCookies: true,
  },
  directoryServer389: {
    ...standard,
    title: '389 Directory Server, FreeIPA',
    isSpokenBy: (root) => textsOf(root, 'vendorName').some((name) => /389 project/i.test(name)),
    idAttribute: 'nsUniqueId',
    ownCookies: false,
  },
  generic: { ...standard, title: 'LDAP', isSpokenBy: () => true, ownCookies: false },
} as const satisfies Record<string, Flavour>

export type FlavourName = keyof typeof flavours

/** The first flavour that the server speaks; `generic` is spoken by all. */
export function recogniseFlavour(root: LdapEntry): FlavourName {
  const names = Object.keys(flavours) as FlavourName[]
  return names.find((name) => flavours[name].isSpokenBy(root)) ?? 'generic'
}
