import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { composeDocument } from './document.ts'
import { memberIds } from './member-ids.ts'
import { readBody } from './read-body.ts'
import { replaceValues } from './replace-values.ts'

interface ParsedGroup {
  document: JsonObject
  /** Ids without repetition, in the order of the body; undefined when the body does not mention members. */
  members: string[] | undefined
}

/**
 * Checks the body of `POST /Groups` or `PUT /Groups/{id}` and brings it into canonical form; see `parseUser`.
 * The members are apart from the document, which never holds them.
 * @param current for PUT, the document to be replaced: its immutable attributes keep their values
 * @throws `invalidSyntax` when the body is not a group, `invalidValue` naming the attribute, `mutability`
 */
export function parseGroup(body: unknown, { types, profile }: Dialect, current?: JsonObject): ParsedGroup {
  const { values, apart } = readBody(types.group, body, profile)
  return {
    document: composeDocument(types.group, current ? replaceValues(types.group, current, values) : values),
    members: apart.has('members') ? memberIds(apart.get('members'), profile) : undefined,
  }
}
