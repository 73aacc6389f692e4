import type { DirectoryInfo, EventData, EventType, Group, MusterEvent, User } from '../../src/index.ts'

const organization = { id: 'org_1', name: 'Acme' }
export const directory: DirectoryInfo = {
  id: 'directory_1',
  name: 'Acme Okta',
  type: 'SCIM',
  organization: { ...organization, adminEmail: 'it@acme.test' },
}
const instant = '2026-11-22T08:00:00.000Z'

export function userNamed(name: string): User {
  return {
    id: `user_${name}`,
    email: `${name}@acme.test`,
    firstName: name,
    lastName: 'Doe',
    username: name,
    state: 'active',
    organizationId: organization.id,
    organization,
    directoryId: directory.id,
    directory: { id: directory.id, name: directory.name },
    idpId: null,
    profile: {
      department: 'Engineering',
      title: null,
      employeeId: null,
      manager: null,
      location: null,
      phoneNumber: null,
      startDate: null,
      costCenter: null,
    },
    managerId: null,
    customAttributes: {},
    groups: [],
    roles: [],
    pinned: [],
    metadata: {},
    createdAt: instant,
    updatedAt: instant,
    lastLoginAt: null,
    sessionsRevokedAt: null,
  }
}

export function groupNamed(name: string): Group {
  return {
    id: `group_${name}`,
    name,
    organizationId: organization.id,
    directoryId: directory.id,
    idpId: null,
    createdAt: instant,
    updatedAt: instant,
  }
}

export function eventOf<T extends EventType>(
  sequence: number,
  type: T,
  data: MusterEvent<T>['data'] | EventData[T],
): MusterEvent<T> {
  return {
    id: `event_${sequence}`,
    type,
    timestamp: instant,
    organizationId: organization.id,
    directoryId: directory.id,
    sequence,
    cause: { kind: 'scim', id: 'request' },
    data: data as MusterEvent<T>['data'],
  }
}

export function createdEvent(sequence: number, name: string): MusterEvent<'directory.user.created'> {
  return eventOf(sequence, 'directory.user.created', { user: userNamed(name), directory })
}

/** Waits until it is true, at most so long. */
export async function until(condition: () => boolean, milliseconds = 5_000): Promise<void> {
  const end = Date.now() + milliseconds
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
