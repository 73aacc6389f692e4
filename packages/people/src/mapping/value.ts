import { isStorable } from '../storable-text.ts'

/** Longer texts count as not provided: half a value would be a wrong one. In UTF-16 units. */
export const textMax = 4_096

/** Reads something out of a document (parsed JSON). Never throws; undefined is nothing. */
export type Evaluator = (document: unknown) => unknown

/**
 * The text that a value provides: itself, of a number or a boolean its usual form, of a list its first. Nothing comes
 * of what is blank, longer than `textMax`, not storable, an object, or a list in a list.
 */
export function textOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return simpleText(value)
  for (const element of value) {
    const text = simpleText(element)
    if (text !== undefined) return text
  }
  return undefined
}

/** All texts that a value provides, like `textOf`. */
export function textsOf(value: unknown): string[] {
  const elements = Array.isArray(value) ? value : [value]
  return elements.map(simpleText).filter((text) => text !== undefined)
}

function simpleText(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value.length <= textMax && isNotBlank(value) && isStorable(value) ? value : undefined
  }
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

const visible = /\S/
function isNotBlank(text: string): boolean {
  return visible.test(text)
}

/** The object's own member of that name, else its first one whose name differs in the case of ASCII letters only. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const object = value as Readonly<Record<string, unknown>>
  if (Object.hasOwn(object, name)) return object[name]
  for (const key in object) {
    if (key.length === name.length && isSameName(key, name) && Object.hasOwn(object, key)) return object[key]
  }
  return undefined
}

/** Compared without making the lower-case form: most keys differ in the first letter. */
function isSameName(left: string, right: string): boolean {
  for (let at = 0; at < left.length; at++) {
    if (lowerAscii(left.charCodeAt(at)) !== lowerAscii(right.charCodeAt(at))) return false
  }
  return true
}

function lowerAscii(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}
