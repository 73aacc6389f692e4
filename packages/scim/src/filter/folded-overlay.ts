import { isObject, type Json, type JsonObject } from '../json.ts'
import { comparisonKey } from '../value/comparison-key.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
const ascii = /^[\u0000-\u007f]*$/

/**
 * What to lay over a document so that lower-casing its ASCII letters gives the folded form of every text in it: the
 * top-level members (attributes, containers of extensions) that hold a text beyond ASCII, with all their texts folded.
 * Undefined when there is none, which is the usual case. Texts that compare exactly are read off the document itself.
 */
export function foldedOverlay(document: JsonObject): JsonObject | undefined {
  if (ascii.test(JSON.stringify(document))) return undefined
  const overlay = Object.entries(document).filter(([, value]) => !ascii.test(JSON.stringify(value)))
  return Object.fromEntries(overlay.map(([name, value]) => [name, folded(value)]))
}

function folded(value: Json): Json {
  if (typeof value === 'string') return comparisonKey(value)
  if (Array.isArray(value)) return value.map(folded)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, member]) => [name, folded(member)]))
}
