import { normaliseDistinguishedName } from './distinguished-name.ts'

/** The attribute of RFC 2307 whose values are names of users (`uid`), not distinguished ones. */
const nameAttribute = 'memberuid'

/** What an entry is called by its distinguished name; a text that is none is compared as it is. */
export function dnReference(dn: string): string {
  return normaliseDistinguishedName(dn) ?? dn.trim().toLowerCase()
}

/** What a `memberUid` calls a user. It can be no distinguished name. */
export function uidReference(uid: string): string {
  return `uid:${uid.toLowerCase()}`
}

/** Whom a value of a member attribute means; undefined for the empty name that some groups need as a placeholder. */
export function memberReference(attribute: string, value: string): string | undefined {
  if (value.trim() === '') return undefined
  if (attribute.toLowerCase() === nameAttribute) return uidReference(value)
  // Name and optional UID (RFC 4517 §3.3.21): the bits behind the name tell apart who had it in turn.
  return dnReference(value.replace(/#'[01]*'B$/, ''))
}
