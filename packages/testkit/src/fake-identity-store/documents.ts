import type { FakeGroup, FakeUser } from '../fake-directory/index.ts'

const creator = 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin/admin'

/**
 * A `User` (Identity Store API reference, `API_User`), as the console makes one. `profile` adds to it and says otherwise; extensions are
 * there only when they were asked for.
 */
export function userDocument(user: FakeUser, identityStoreId: string, extensions: readonly string[]): object {
  const { Extensions, ...profile } = user.profile
  const given = Object.entries(Object(Extensions)).filter(([name]) => extensions.includes(name))
  const [givenName = '', familyName = ''] = user.displayName.split(' ')
  return {
    UserName: user.userName,
    UserId: user.id,
    Name: { FamilyName: familyName, GivenName: givenName },
    DisplayName: user.displayName,
    Emails: [{ Value: user.userName, Type: 'work', Primary: true }],
    IdentityStoreId: identityStoreId,
    UserStatus: user.active ? 'ENABLED' : 'DISABLED',
    CreatedAt: seconds(user.createdAt),
    CreatedBy: creator,
    UpdatedAt: seconds(user.updatedAt),
    UpdatedBy: creator,
    ...profile,
    ...(given.length > 0 && { Extensions: Object.fromEntries(given) }),
  }
}

/** A `Group` (`API_Group`). */
export function groupDocument(group: FakeGroup, identityStoreId: string): object {
  return {
    GroupId: group.id,
    DisplayName: group.name,
    IdentityStoreId: identityStoreId,
    CreatedAt: seconds(group.createdAt),
    UpdatedAt: seconds(group.updatedAt),
    ...group.profile,
  }
}

/** A `GroupMembership` (`API_GroupMembership`). */
export function membershipDocument(group: FakeGroup, userId: string, identityStoreId: string): object {
  const membershipId = `m-${group.id.slice(-12)}-${userId.slice(-12)}`
  return {
    IdentityStoreId: identityStoreId,
    MembershipId: membershipId,
    GroupId: group.id,
    MemberId: { UserId: userId },
  }
}

/** How AWS JSON 1.1 writes times. */
function seconds(at: Date): number {
  return at.getTime() / 1_000
}
