import { createHash } from 'node:crypto'
import type { DirectoryChange } from '../fake-directory/index.ts'

/** What the System Log calls what happens (developer.okta.com/docs/reference/api/event-types). */
const eventTypes: Readonly<Record<string, { type: string; says: string }>> = {
  'user create': { type: 'user.lifecycle.create', says: 'Create Okta user' },
  'user update': { type: 'user.account.update_profile', says: 'Update user profile for Okta' },
  'user delete': { type: 'user.lifecycle.delete.completed', says: 'Delete Okta user completed' },
  'group create': { type: 'group.lifecycle.create', says: 'Okta group create' },
  'group update': { type: 'group.profile.update', says: 'Okta group profile update' },
  'group delete': { type: 'group.lifecycle.delete', says: 'Okta group delete' },
  'group join': { type: 'group.user_membership.add', says: 'Add user to group membership' },
  'group leave': { type: 'group.user_membership.remove', says: 'Remove user from group membership' },
}

const targetTypes = { user: 'User', group: 'UserGroup' } as const

/** A change as the System Log has it (…/management/tag/SystemLog, listLogEvents). */
export function logEvent(change: DirectoryChange) {
  const { sequence, at, kind, id, does, memberId } = change
  const event = eventTypes[`${kind} ${does}`]
  const uuid = createHash('md5').update(`${id} ${sequence}`).digest('hex')
  const target = (type: string, targetId: string) => ({
    id: targetId,
    type,
    alternateId: 'unknown',
    displayName: 'unknown',
  })
  return {
    actor: {
      id: '00u0administrator000',
      type: 'User',
      alternateId: 'admin@okta.test',
      displayName: 'Admin',
    },
    client: { userAgent: { rawUserAgent: 'fake', os: 'Unknown', browser: 'UNKNOWN' }, zone: 'null', device: 'Unknown' },
    authenticationContext: { authenticationStep: 0, externalSessionId: 'trsFakeSession' },
    displayMessage: event?.says ?? '',
    eventType: event?.type ?? '',
    outcome: { result: 'SUCCESS' },
    published: at.toISOString(),
    severity: 'INFO',
    debugContext: { debugData: {} },
    transaction: { type: 'WEB', id: `tx${sequence}`, detail: {} },
    uuid: [uuid.slice(0, 8), uuid.slice(8, 12), uuid.slice(12, 16), uuid.slice(16, 20), uuid.slice(20)].join('-'),
    version: '0',
    request: { ipChain: [] },
    target: [...(memberId === undefined ? [] : [target('User', memberId)]), target(targetTypes[kind], id)],
  }
}
