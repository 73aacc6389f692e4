/** The longest name; error texts still show it whole. */
const nameCharactersMax = 64

/** RFC 7643 §2.1: `ALPHA *(nameChar)`, and `$ref`, which the ABNF forgets (erratum 8924). */
const attributeName = /^[a-z][\w$-]*$/i
const subAttributeName = /^(?:\$ref|[a-z][\w$-]*)$/i

/** Names that every object answers to, its own or not: a stored document could not tell whether it has them. */
const inheritedNames = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype'].map(lower))

/** What is wrong with the name of an attribute; undefined when it will do. */
export function nameProblem(name: unknown, isSubAttribute: boolean): string | undefined {
  if (typeof name !== 'string') return 'must be a text'
  if (name.length > nameCharactersMax) return `is longer than ${nameCharactersMax} characters`
  if (!(isSubAttribute ? subAttributeName : attributeName).test(name)) {
    return 'must begin with a letter and go on with letters, digits, -, _ and $ (RFC 7643 §2.1)'
  }
  return inheritedNames.has(lower(name)) ? 'is a name that no attribute can have' : undefined
}

function lower(name: string): string {
  return name.toLowerCase()
}
