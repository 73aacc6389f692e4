import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { composeDocument } from './document.ts'
import { readBody } from './read-body.ts'
import { replaceValues } from './replace-values.ts'

/**
 * Checks the body of `POST /Users` or `PUT /Users/{id}` and brings it into canonical form (RFC 7644 §3.3, §3.5.1).
 * @param current for PUT, the document to be replaced: immutable attributes keep their values, and a body that does not
 *   mention `active` leaves it as it is
 * @returns a document: canonical names, extensions under their URN, no nulls or empty values; never `id`, `meta`,
 *   `groups` or `password`
 * @throws `invalidSyntax` when the body is not a user, `invalidValue` naming the attribute, `mutability` for another
 *   value of an immutable attribute
 */
export function parseUser(body: unknown, { types, profile }: Dialect, current?: JsonObject): JsonObject {
  const { values } = readBody(types.user, body, profile)
  return composeDocument(types.user, current ? replaceValues(types.user, current, values) : values)
}
