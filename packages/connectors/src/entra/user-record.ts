import { mailAddresses } from '../mail-addresses.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { documentOf } from './document.ts'
import type { GraphObject } from './graph-page.ts'

/** Guests are users of other organizations; who has no type is a member. */
export function isGuest({ userType }: GraphObject): boolean {
  return userType === 'Guest'
}

/** A user of Graph with its manager, both as they are. */
export function toUser(object: GraphObject, managerId: string | undefined): SourceUser | RecordProblem {
  const { id, userPrincipalName, displayName } = object
  if (typeof userPrincipalName !== 'string' || userPrincipalName.trim() === '') {
    const detail = 'The user has no userPrincipalName that can be read.'
    return { key: { kind: 'user', id }, code: 'userNameMissing', detail }
  }
  // Graph leaves out, or says null of, what the app may not read. A disabled user must not come to life by that.
  if (typeof object.accountEnabled !== 'boolean') {
    const detail = 'Whether the account of the user is enabled cannot be read.'
    return { key: { kind: 'user', id }, code: 'accountEnabledMissing', detail }
  }
  const { manager: _manager, ...said } = documentOf(object)
  return {
    kind: 'user',
    id,
    userName: userPrincipalName,
    active: object.accountEnabled,
    ...(typeof displayName === 'string' && displayName !== '' && { displayName }),
    emails: mailAddresses({
      mail: textsOf(object, 'mail'),
      proxies: textsOf(object, 'proxyAddresses'),
      others: textsOf(object, 'otherMails'),
    }),
    attributes: { ...said, ...(managerId !== undefined && { manager: { id: managerId } }) },
  }
}

function textsOf(object: GraphObject, property: string): string[] {
  return [object[property]].flat().filter((value) => typeof value === 'string')
}
