import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { documentOf } from './document.ts'
import type { GraphObject } from './graph-page.ts'

/** How Exchange marks addresses for mail among those of all kinds, the primary one by capitals. */
const mailAddress = /^smtp:/i
const primaryMailAddress = /^SMTP:/

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
    emails: addressesOf(object).map((value) => ({ value })),
    attributes: { ...said, ...(managerId !== undefined && { manager: { id: managerId } }) },
  }
}

/** Addresses without regard to case, the primary one first. */
function addressesOf(object: GraphObject): string[] {
  const proxies = textsOf(object, 'proxyAddresses').filter((address) => mailAddress.test(address))
  const all = [
    ...textsOf(object, 'mail'),
    ...proxies.filter((address) => primaryMailAddress.test(address)),
    ...proxies.filter((address) => !primaryMailAddress.test(address)),
    ...textsOf(object, 'otherMails'),
  ].map((address) => address.replace(mailAddress, '').trim())
  const byKey = new Map(all.toReversed().map((address) => [address.toLowerCase(), address]))
  return [...byKey.values()].toReversed().filter((address) => address !== '')
}

function textsOf(object: GraphObject, property: string): string[] {
  return [object[property]].flat().filter((value) => typeof value === 'string')
}
