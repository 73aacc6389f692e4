import { isArray, isObject, type Json, type JsonObject } from './json.ts'
import { pairUp } from './pair-up.ts'

/** Where in the compared value we are, and whether objects may have keys that their pattern does not name. */
interface Place {
  readonly path: string
  readonly closed: boolean
}

type Operator = (argument: Json, actual: Json | undefined, at: Place) => string[]

const shownCharacters = 300

const anyOfKind: Record<string, (actual: Json | undefined) => boolean> = {
  string: (actual) => typeof actual === 'string' && actual !== '',
  integer: (actual) => Number.isInteger(actual),
  array: isArray,
}

const operators = new Map<string, Operator>([
  ['$absent', (_, actual, at) => (actual === undefined ? [] : [differs(at, 'nothing', actual)])],
  ['$unset', (_, actual, at) => (actual === undefined || actual === null ? [] : [differs(at, 'no value', actual)])],
  ['$any', (kind, actual, at) => (anyOfKind[String(kind)]?.(actual) ? [] : [differs(at, `any ${kind}`, actual)])],
  ['$endsWith', matchEnd],
  ['$not', matchNot],
  ['$unordered', (elements, actual, at) => matchElements(elements, actual, at, false)],
  ['$contains', (elements, actual, at) => matchElements(elements, actual, at, true)],
  ['$exactly', (pattern, actual, at) => compare(pattern, actual, { ...at, closed: true })],
])

/**
 * Compares a value with a pattern (see `patterns.ts`) and returns one readable line per difference, `[]` if it matches.
 * A pattern for something that is missing is a difference, and so is an operator that does not exist.
 */
export function match(pattern: Json, actual: Json | undefined, path: string): string[] {
  return compare(pattern, actual, { path, closed: false })
}

/** A value as one short line of JSON, for differences and reports. */
export function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

function compare(pattern: Json, actual: Json | undefined, at: Place): string[] {
  if (isArray(pattern)) return matchArray(pattern, actual, at)
  if (!isObject(pattern)) return pattern === actual ? [] : [differs(at, show(pattern), actual)]
  const name = operatorName(pattern)
  if (name === undefined) return matchObject(pattern, actual, at)
  const operator = operators.get(name)
  return operator ? operator(pattern[name] ?? null, actual, at) : [`${at.path}: ${name} is not a known matcher`]
}

function operatorName(pattern: JsonObject): string | undefined {
  const [name, ...others] = Object.keys(pattern)
  return others.length === 0 && name?.startsWith('$') && name !== '$ref' ? name : undefined
}

function matchObject(pattern: JsonObject, actual: Json | undefined, at: Place): string[] {
  if (!isObject(actual)) return [differs(at, show(pattern), actual)]
  const differences = Object.entries(pattern).flatMap(([key, expected]) =>
    compare(expected, Object.hasOwn(actual, key) ? actual[key] : undefined, { ...at, path: `${at.path}.${key}` }),
  )
  const unexpected = at.closed ? Object.keys(actual).filter((key) => !Object.hasOwn(pattern, key)) : []
  return [...differences, ...unexpected.map((key) => `${at.path}.${key}: unexpected, got ${show(actual[key])}`)]
}

function matchArray(pattern: readonly Json[], actual: Json | undefined, at: Place): string[] {
  if (!isArray(actual)) return [differs(at, show(pattern), actual)]
  if (actual.length !== pattern.length)
    return [`${at.path}: expected ${pattern.length} elements, got ${actual.length}: ${show(actual)}`]
  return pattern.flatMap((expected, index) => compare(expected, actual[index], { ...at, path: `${at.path}[${index}]` }))
}

function matchElements(elements: Json, actual: Json | undefined, at: Place, others: boolean): string[] {
  if (!isArray(elements)) return [`${at.path}: this matcher needs a list of elements`]
  if (!isArray(actual)) return [differs(at, show(elements), actual)]
  const pairs = pairUp(elements.map((element) => actual.map((found) => compare(element, found, at).length === 0)))
  const missing = elements.filter((_, index) => pairs[index] === undefined)
  const surplus = others ? [] : actual.filter((_, index) => !pairs.includes(index))
  return [
    ...missing.map((element) => `${at.path}: no element matches ${show(element)}`),
    ...surplus.map((element) => `${at.path}: unexpected element ${show(element)}`),
  ]
}

function matchEnd(text: Json, actual: Json | undefined, at: Place): string[] {
  const matches = typeof actual === 'string' && typeof text === 'string' && actual.endsWith(text)
  return matches ? [] : [differs(at, `something ending in ${show(text)}`, actual)]
}

function matchNot(pattern: Json, actual: Json | undefined, at: Place): string[] {
  const matches = actual !== undefined && compare(pattern, actual, at).length > 0
  return matches ? [] : [differs(at, `something other than ${show(pattern)}`, actual)]
}

function differs(at: Place, expected: string, actual: Json | undefined): string {
  return `${at.path}: expected ${expected}, got ${show(actual)}`
}
