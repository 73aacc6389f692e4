import type { JsonValue, SourceDocument } from '../source-record.ts'
import { type LdapEntry, textsOf } from './entry.ts'

/** Attributes of an entry as a document: one value as text, many as a list, by the names asked for however the server spells them. */
export function documentOf(entry: LdapEntry, attributes: readonly string[]): SourceDocument {
  // Where an entry is says something of it, too: a move is a change.
  const document: Record<string, JsonValue> = { distinguishedName: entry.dn }
  for (const attribute of attributes) {
    const [first, ...more] = textsOf(entry, attribute)
    if (first !== undefined) document[attribute] = more.length === 0 ? first : [first, ...more]
  }
  return document
}
