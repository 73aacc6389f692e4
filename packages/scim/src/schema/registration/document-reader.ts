import { MusterError } from '@muster/runtime/errors'
import { isObject } from '../../json.ts'
import { isStorableText } from '../../value/storable-text.ts'

/** The members of an object of a schema document by lower-case name; nulls count as absent. */
export interface Members {
  /** Names the object in error texts; empty for the document itself. */
  readonly at: string
  readonly values: ReadonlyMap<string, unknown>
}

/**
 * Other servers write the keywords of RFC 7643 §7 in several ways (`multivalued`, `ReadWrite`), and nulls for what is
 * not said; documents that people copy from them are taken as meant.
 * @throws `invalidValue` for what is not an object, or says one thing twice
 */
export function readMembers(value: unknown, at: string): Members {
  if (!isObject(value)) throw invalid(at === '' ? 'The schema' : at, 'must be an object')
  const values = new Map<string, unknown>()
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue
    const key = name.toLowerCase()
    // Only what we ask for by name is read, so a repetition of anything else harms nobody.
    if (values.has(key)) throw invalid(at === '' ? 'The schema' : at, 'has a member twice, in different case')
    values.set(key, member)
  }
  return { at, values }
}

/** How a member is called in error texts, such as `attributes[2].type`. */
export function placeOf({ at }: Members, name: string): string {
  return at === '' ? name : `${at}.${name}`
}

/** @throws `invalidValue` when it is no text, longer than `charactersMax`, or nothing that a database can hold */
export function readText(members: Members, name: string, charactersMax: number): string | undefined {
  const value = members.values.get(name.toLowerCase())
  return value === undefined ? undefined : checkText(value, placeOf(members, name), charactersMax)
}

export function readBoolean(members: Members, name: string): boolean | undefined {
  const value = members.values.get(name.toLowerCase())
  if (value === undefined || typeof value === 'boolean') return value
  throw invalid(placeOf(members, name), 'must be true or false')
}

/** One of the keywords of a table, in any case. */
export function readKeyword<Keyword extends string>(
  members: Members,
  name: string,
  keywords: readonly Keyword[],
): Keyword | undefined {
  const value = members.values.get(name.toLowerCase())
  if (value === undefined) return undefined
  const wanted = typeof value === 'string' ? value.toLowerCase() : undefined
  const keyword = keywords.find((known) => known.toLowerCase() === wanted)
  if (keyword === undefined) throw invalid(placeOf(members, name), `must be one of ${keywords.join(', ')}`)
  return keyword
}

/** The elements of a list; none when it is absent. @throws `invalidValue` when it is no list, or too long */
export function readList(members: Members, name: string, elementsMax: number): unknown[] {
  const value = members.values.get(name.toLowerCase()) ?? []
  const at = placeOf(members, name)
  if (!Array.isArray(value)) throw invalid(at, 'must be a list')
  if (value.length > elementsMax) throw invalid(at, `has more than ${elementsMax} elements`)
  return value
}

/** A list of texts, each once. */
export function readTexts(
  members: Members,
  name: string,
  limits: { elementsMax: number; charactersMax: number },
): string[] {
  const at = placeOf(members, name)
  const list = readList(members, name, limits.elementsMax)
  return [...new Set(list.map((text, index) => checkText(text, `${at}[${index}]`, limits.charactersMax)))]
}

export function invalid(at: string, problem: string): MusterError {
  return new MusterError('invalidValue', `${at} ${problem}`)
}

function checkText(value: unknown, at: string, charactersMax: number): string {
  if (typeof value !== 'string' || !isStorableText(value)) throw invalid(at, 'must be a text')
  if (value.length > charactersMax) throw invalid(at, `is longer than ${charactersMax} characters`)
  return value
}
