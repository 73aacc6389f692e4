import type { FakeGroup, FakeUser } from '../fake-directory/index.ts'

/**
 * A user as Okta lists it (developer.okta.com/docs/api/openapi/okta-management/management/tag/User, listUsers), with what changes by
 * itself.
 */
export function userDocument(origin: string, user: FakeUser, status: string, lastLogin: Date | null) {
  const { id, userName, displayName, createdAt, updatedAt } = user
  const [firstName = displayName, ...rest] = displayName.split(' ')
  const created = createdAt.toISOString()
  return {
    id,
    status,
    created,
    activated: status === 'STAGED' ? null : created,
    statusChanged: created,
    lastLogin: lastLogin?.toISOString() ?? null,
    lastUpdated: updatedAt.toISOString(),
    passwordChanged: created,
    type: { id: 'oty1fakeTypeOfUsers00' },
    profile: {
      login: userName,
      email: userName,
      secondEmail: null,
      mobilePhone: null,
      firstName,
      lastName: rest.join(' ') || 'Doe',
      displayName,
      ...(user.managerId !== undefined && { managerId: user.managerId }),
      ...user.profile,
    },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: `${origin}/api/v1/users/${id}` } },
  }
}

/** A group as Okta lists it (…/tag/Group, listGroups). */
export function groupDocument(origin: string, group: FakeGroup, type: string) {
  const { id, name, profile, createdAt, updatedAt, membersUpdatedAt } = group
  const self = `${origin}/api/v1/groups/${id}`
  const logo = (size: string) => ({
    name: size,
    href: `${origin}/assets/img/logos/groups/odyssey/${type}-${size}.png`,
    type: 'image/png',
  })
  return {
    id,
    created: createdAt.toISOString(),
    lastUpdated: updatedAt.toISOString(),
    lastMembershipUpdated: membersUpdatedAt.toISOString(),
    objectClass: ['okta:user_group'],
    type,
    profile: { name, description: '', ...profile },
    _links: {
      logo: [logo('medium'), logo('large')],
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
    },
  }
}
