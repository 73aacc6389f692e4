import { ruleOf, urnPattern } from './rules.ts'

/** RFC 7643 §2.1, and short: what is longer was never an attribute. */
const attributeName = /^[A-Za-z$][\w$-]{0,63}$/

/**
 * The key of an object: an attribute name (one we do not know as well: what a client sends in vain is worth seeing), a
 * URN, or a path of known names. Anything else may be a value in the wrong place.
 */
export function maskKey(key: string): string {
  return attributeName.test(key) ? key : maskName(key)
}

/** A name or path inside a filter, where free text may stand as well: only what is known, or a URN. */
export function maskName(name: string): string {
  return isPublicName(name) ? name : `[name ${name.length}]`
}

/** `userName,name.givenName`, as `attributes` and `sortBy` have it. */
export function maskNames(names: string): string {
  return names
    .split(',', namesMax)
    .map((name) => (name.trim() === '' ? '' : maskName(name.trim())))
    .join(',')
}

const namesMax = 50

/** `Members[value eq "…"]` stripped of its filter, or a whole path: its last name, which says what is written there. */
export function lastNameOf(path: string): string {
  const [from, to] = [path.indexOf('['), path.lastIndexOf(']')]
  const names = (from < 0 ? path : path.slice(0, from) + (to < from ? '' : path.slice(to + 1))).trim()
  return names.slice(Math.max(names.lastIndexOf('.'), names.lastIndexOf(':')) + 1)
}

function isPublicName(name: string): boolean {
  if (urnPattern.test(name)) return true
  return name
    .replace(/^\./, '')
    .split('.')
    .every((part) => ruleOf(part) !== undefined)
}
