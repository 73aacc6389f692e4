import type { Provided } from '@muster/people'
import { comparisonKey } from '@muster/scim'

/** Attribute → the technical key that looks for its folded value. */
const technicalKeys: Readonly<Record<string, string>> = {
  email: 'emailKey',
  firstName: 'firstNameKey',
  lastName: 'lastNameKey',
  username: 'usernameKey',
  managerReference: 'managerKey',
}

/** Attributes with the keys by which people are looked up; they come and go together. */
export function withKeys(provided: Provided): Provided {
  const keyed = { ...provided }
  for (const [attribute, key] of Object.entries(technicalKeys)) {
    const value = provided[attribute]
    if (value !== undefined) keyed[key] = comparisonKey(value)
  }
  return keyed
}

/** Attributes without some of them, and without the keys of these. */
export function withoutAttributes(attributes: Provided, names: readonly string[]): Provided {
  const gone = new Set(names.flatMap((name) => [name, technicalKeys[name] ?? name]))
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !gone.has(key)))
}
