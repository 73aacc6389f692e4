import type { Attribute, Json } from '@muster/scim'
import { isObject, listOf, nonEmpty, type Object_, Refusal } from './oracle-json.ts'

export function append(before: readonly Json[], definition: Attribute, added: readonly Json[]): Json | undefined {
  const result = [...before]
  const touched: Json[] = []
  for (const element of added) {
    const at = result.findIndex((known) => isSameElement(definition, known, element))
    const known = result[at]
    const next = known === undefined ? element : withDetails(known, element, definition)
    if (known === undefined) result.push(next)
    else result[at] = next
    touched.push(next)
  }
  const settled = withOnePrimary(result, touched)
  if (settled.filter((element) => isObject(element) && element.primary === true).length > 1) {
    throw new Refusal('invalidValue')
  }
  return nonEmpty(settled)
}

/** Setting primary takes it from the others (RFC 7644 §3.5.2). */
export function withOnePrimary(elements: readonly Json[], touched: readonly Json[]): Json[] {
  const claims = touched.some((element) => isObject(element) && element.primary === true)
  if (!claims) return [...elements]
  return elements.map((element) => {
    const loses = isObject(element) && element.primary === true && !touched.includes(element)
    return loses ? { ...element, primary: false } : element
  })
}

/** No element twice (RFC 7643 §2.4), at most one primary. */
export function distinct(definition: Attribute, elements: readonly Json[]): Json | undefined {
  const result: Json[] = []
  for (const element of elements) {
    const at = result.findIndex((known) => isSameElement(definition, known, element))
    const known = result[at]
    if (known === undefined) result.push(element)
    else result[at] = withDetails(known, element, definition)
  }
  if (result.filter((element) => isObject(element) && element.primary === true).length > 1) {
    throw new Refusal('invalidValue')
  }
  return nonEmpty(result)
}

const details = ['primary', 'display', '$ref']

function isSameElement(definition: Attribute, left: Json, right: Json): boolean {
  if (!isObject(left) || !isObject(right)) return isSame(definition, left, right)
  const isBare = (element: object) => Object.keys(element).every((name) => details.includes(name))
  if (isBare(left) !== isBare(right)) return false
  return definition.subAttributes
    .filter(({ name }) => isBare(left) || !details.includes(name))
    .every((sub) => isSamePart(sub, left[sub.name], right[sub.name]))
}

function isSamePart(sub: Attribute, left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => isSame(sub, item, right[at] ?? null))
  }
  return isSame(sub, left, right)
}

function withDetails(known: Json, element: Json, definition: Attribute): Json {
  if (!isObject(known) || !isObject(element)) return known
  const more = Object.fromEntries(Object.entries(element).filter(([name]) => details.includes(name)))
  return layOver(definition, known, more, false) ?? known
}

/** Sub-attributes that are not named stay (RFC 7644 §3.5.2.3). */
export function layOver(
  definition: Attribute,
  current: Object_ | undefined,
  parts: Record<string, Json | undefined>,
  adds: boolean,
): Json | undefined {
  const next: Record<string, Json | undefined> = { ...current }
  for (const [name, given] of Object.entries(parts)) {
    const sub = definition.subAttributes.find((one) => one.name === name)
    if (!sub) throw new Error(`The generator made up ${name}`)
    const known = current?.[name]
    const joins = adds && sub.multiValued
    const part = joins ? (append(listOf(known), sub, listOf(given)) ?? undefined) : given
    if (sub.mutability === 'immutable' && known !== undefined) {
      if (part === undefined || !isSame(sub, known, part)) throw new Refusal('mutability')
    } else next[name] = part
  }
  if ('value' in parts) {
    if (next.value !== current?.value && !('$ref' in parts)) next.$ref = undefined
    const rest = Object.keys(next).filter((name) => next[name] !== undefined)
    if (rest.every((name) => ['type', 'primary', '$ref'].includes(name))) return undefined
  }
  const assigned = Object.entries(next).filter(([, part]) => part !== undefined)
  return assigned.length > 0 ? (Object.fromEntries(assigned) as Object_) : undefined
}

export function isSame(definition: Attribute, left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    const found = (one: Json, list: readonly Json[]) => list.some((other) => isSame(definition, one, other))
    return left.every((one) => found(one, right)) && right.every((one) => found(one, left))
  }
  if (isObject(left) && isObject(right)) {
    return definition.subAttributes.every((sub) => isSamePart(sub, left[sub.name], right[sub.name]))
  }
  if (typeof left !== 'string' || typeof right !== 'string' || definition.caseExact) return left === right
  return left.toLowerCase() === right.toLowerCase()
}
