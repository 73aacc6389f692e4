import type { GoogleDocuments } from '@muster/connectors'
import type { FakeDirectory, FakeGroup, FakeUser } from '../fake-directory/index.ts'

/** The account that all fake domains belong to. */
export const fakeGoogleCustomer = 'C0fake123'

/** What a user of the fake may have beyond what all directories know, in Google's words. */
export type GoogleProfile = Partial<GoogleDocuments['user']>

/** A user as developers.google.com/workspace/admin/directory/reference/rest/v1/users shows one, with what changes at each look. */
export function userDocument(user: FakeUser, directory: FakeDirectory, look: number): GoogleDocuments['user'] {
  const { id, userName, displayName, active, createdAt, profile } = user
  const [givenName = '', ...rest] = displayName.split(' ')
  const name: GoogleDocuments['name'] = { givenName, familyName: rest.join(' '), fullName: displayName }
  const own = `${userName}.test-google-a.com`
  const emails: GoogleDocuments['email'][] = [{ address: userName, primary: true }, { address: own }]
  const manager = user.managerId === undefined ? undefined : directory.users.get(user.managerId)
  const relations: GoogleDocuments['relation'][] = manager ? [{ value: manager.userName, type: 'manager' }] : []
  const document: GoogleDocuments['user'] = {
    kind: 'admin#directory#user',
    id,
    etag: `"fake/${look}"`,
    primaryEmail: userName,
    name,
    isAdmin: false,
    isDelegatedAdmin: false,
    lastLoginTime: new Date(Date.UTC(2026, 0, 1) + look * 1_000).toISOString(),
    creationTime: createdAt.toISOString(),
    agreedToTerms: true,
    suspended: !active,
    archived: false,
    changePasswordAtNextLogin: false,
    ipWhitelisted: false,
    emails,
    ...(relations.length > 0 && { relations }),
    nonEditableAliases: [own],
    customerId: fakeGoogleCustomer,
    orgUnitPath: '/',
    isMailboxSetup: true,
    isEnrolledIn2Sv: false,
    isEnforcedIn2Sv: false,
    includeInGlobalAddressList: true,
    thumbnailPhotoEtag: `"photo/${look}"`,
    recoveryEmail: 'private@elsewhere.test',
    recoveryPhone: '+15550100',
  }
  return { ...document, ...(profile as GoogleProfile) }
}

/** A group as developers.google.com/workspace/admin/directory/reference/rest/v1/groups shows one. */
export function groupDocument(group: FakeGroup, domain: string, look: number): GoogleDocuments['group'] {
  const { id, name, members, profile } = group
  return {
    kind: 'admin#directory#group',
    id,
    etag: `"fake/${look}"`,
    email: groupEmail(group, domain),
    name,
    directMembersCount: String(members.size),
    description: '',
    adminCreated: true,
    ...(profile as Partial<GoogleDocuments['group']>),
  }
}

/** The address of a group: its own, or one of a domain. */
export function groupEmail({ id, profile }: FakeGroup, domain: string): string {
  return typeof profile.email === 'string' ? profile.email : `${id}@${domain}`
}

/**
 * A member as developers.google.com/workspace/admin/directory/reference/rest/v1/members shows one: a user or a group of the
 * account, the whole account by its id, or a stranger by an address.
 */
export function memberDocument(
  memberId: string,
  { users, groups }: FakeDirectory,
  domain: string,
): GoogleDocuments['member'] {
  const common = { kind: 'admin#directory#member', etag: '"fake/member"', role: 'MEMBER' }
  const [user, group] = [users.get(memberId), groups.get(memberId)]
  if (user !== undefined) return { ...common, id: memberId, email: user.userName, type: 'USER', status: 'ACTIVE' }
  if (group !== undefined)
    return { ...common, id: memberId, email: groupEmail(group, domain), type: 'GROUP', status: 'ACTIVE' }
  if (memberId === fakeGoogleCustomer) return { ...common, id: memberId, type: 'CUSTOMER' }
  return { ...common, email: memberId, type: 'EXTERNAL' }
}
