import type { Json, JsonObject } from './json.ts'

/*
 * The vocabulary of patterns. A plain scalar matches itself, a plain array matches element by element with the same
 * length, a plain object matches when all of its own keys match (others may be there). The constants and functions
 * below make the rest; each is an object with one `$` key, so a pattern remains plain JSON. `$ref` is SCIM's.
 */

/** The key is not there at all. `null` does not count: RFC 7643 §2.5 lets us omit, and we do. */
export const absent: JsonObject = { $absent: true }

/** `null` or not there: for surfaces that show a missing value either way. */
export const unset: JsonObject = { $unset: true }

/** A string of at least one character. */
export const anyString: JsonObject = { $any: 'string' }

/** A JSON integer; the string `"1"` is none (Okta refuses list counts as strings). */
export const anyInteger: JsonObject = { $any: 'integer' }

/** An array of any length. */
export const anyArray: JsonObject = { $any: 'array' }

/** A string with this end, for addresses whose origin depends on where the server is reached. */
export function endsWith(text: string): JsonObject {
  return { $endsWith: text }
}

/** There, but not matching the pattern. */
export function not(pattern: Json): JsonObject {
  return { $not: pattern }
}

/** An array with exactly these elements, in any order. */
export function unordered(elements: readonly Json[]): JsonObject {
  return { $unordered: elements }
}

/** An array with at least these elements, in any order. */
export function contains(elements: readonly Json[]): JsonObject {
  return { $contains: elements }
}

/** As the pattern alone, but no object inside may have a key that the pattern does not name. */
export function exactly(pattern: Json): JsonObject {
  return { $exactly: pattern }
}
