import type { Json, JsonObject } from '../json.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { replaceKeepingImmutable } from './complex-value.ts'
import { readValues, storedAttributes, type Values } from './document.ts'

/**
 * What a document holds after a PUT (RFC 7644 §3.5.1): what the body says; immutable attributes that are set stay, and
 * so does what has a default, so that a partial PUT never reactivates anybody.
 * @throws `mutability` for another value of an immutable attribute
 */
export function replaceValues(resourceType: ResourceType, current: JsonObject, next: Values): Values {
  const before = readValues(resourceType, current)
  const values = new Map<string, Json>()
  for (const { key, attribute } of storedAttributes(resourceType)) {
    const value = replaceKeepingImmutable(attribute, before.get(key), next.get(key), key)
    const kept = value ?? (resourceType.defaults[key] === undefined ? undefined : before.get(key))
    if (kept !== undefined) values.set(key, kept)
  }
  return values
}
