/** What a JSON text can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object. What this package returns has its keys from the attribute tables, never from the input. */
export interface JsonObject {
  [key: string]: Json
}

/**
 * Names that reach into the prototype chain of a plain object. No SCIM attribute has such a name, so a request that
 * uses one is refused instead of ignored.
 */
const unsafeNames = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether any segment of a name or path is one that could reach a prototype. */
export function isUnsafeName(name: string): boolean {
  return name.split(/[.:[\]\s]/).some((segment) => unsafeNames.has(segment.toLowerCase()))
}

/** Whether a parsed JSON value is an object (not null, not an array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Structural equality; the order of keys does not matter, the order of array elements does. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => sameJson(item, right[at]))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  )
}

const printableName = /^[A-Za-z$_][\w$.:/-]{0,127}$/

/** A client's attribute name or path for an error text; anything that does not look like one may be personal data. */
export function shownName(name: string): string {
  return printableName.test(name) ? `"${name}"` : 'a name that is not an attribute name'
}
