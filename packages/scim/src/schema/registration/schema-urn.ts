import { MusterError } from '@muster/runtime/errors'
import { isUnsafeName } from '../../json.ts'
import { standardResourceTypes } from '../resource-types.ts'

/** It travels in addresses and in front of attribute names in paths. */
const urnCharactersMax = 200

/** RFC 8141, with only those characters behind the namespace that need no encoding in an address or quoting in a path. */
const urn = /^urn:[a-z0-9][a-z0-9-]{1,31}:[\w.-]+(?::[\w.-]+)*$/i

/** Namespaces that the RFCs keep for themselves. */
const reservedNamespaces: Readonly<Record<string, string>> = {
  'urn:ietf:params:scim:api:': 'is the namespace of protocol messages (RFC 7644 §3.1)',
  'urn:ietf:params:scim:schemas:core:': 'is the namespace of the core schemas (RFC 7643 §10.3)',
  'urn:ietf:params:scim:event:': 'is the namespace of events (RFC 9967)',
}

const ownUrns = Object.values(standardResourceTypes).flatMap(({ schema, extensions }) =>
  [schema, ...extensions].map(({ id }) => id),
)

/** URNs are the same in any case; this is the form in which they are compared and stored as a key. */
export function urnKey(text: string): string {
  return text.toLowerCase()
}

/** Whether a text can be the URN of a registered schema at all. */
export function isSchemaUrn(text: unknown): text is string {
  return typeof text === 'string' && text.length <= urnCharactersMax && urn.test(text) && !isUnsafeName(text)
}

/**
 * Checks the URN of a schema that an organization registers. Upper and lower case stay as they are.
 * @throws `invalidValue` saying what is wrong with it
 */
export function checkUrn(text: unknown, at: string): string {
  if (!isSchemaUrn(text)) {
    throw new MusterError(
      'invalidValue',
      `${at} must be a URN (urn:namespace:name) of letters, digits and -._: with at most ${urnCharactersMax} characters`,
    )
  }
  const reserved = Object.keys(reservedNamespaces).find((namespace) => urnKey(`${text}:`).startsWith(namespace))
  if (reserved !== undefined) {
    throw new MusterError('invalidValue', `${at} cannot be used: ${reserved} ${reservedNamespaces[reserved]}`)
  }
  const own = findUrnClash(text, ownUrns)
  if (own !== undefined) throw new MusterError('invalidValue', `${at} cannot be used beside ${own}, which is built in`)
  return text
}

/**
 * The one of `others` that paths could not tell from a URN: the same one, or one of which the other is the beginning
 * (`urn:a:b` and `urn:a:b:c`, where `urn:a:b:c` may be the attribute `c` of the first).
 */
export function findUrnClash(text: string, others: readonly string[]): string | undefined {
  const key = `${urnKey(text)}:`
  return others.find((other) => {
    const otherKey = `${urnKey(other)}:`
    return key.startsWith(otherKey) || otherKey.startsWith(key)
  })
}
