import type { Json } from '@muster/scim'

/** Names and indexes separated by dots, or, when a name has dots itself (a URN), one by one. */
export type JsonPath = string | readonly string[]

/** Follows a path; names match in any case (RFC 7643 §2.1). Undefined where it leads nowhere. */
export function lookUp(value: Json | undefined, path: JsonPath): Json | undefined {
  let current = value
  for (const segment of typeof path === 'string' ? path.split('.') : path) {
    if (typeof current !== 'object' || current === null) return undefined
    if (Array.isArray(current)) {
      current = current[Number(segment)]
      continue
    }
    const wanted = segment.toLowerCase()
    const name = Object.keys(current).find((key) => key.toLowerCase() === wanted)
    current = name === undefined ? undefined : current[name]
  }
  return current
}

export function shownPath(path: JsonPath): string {
  return typeof path === 'string' ? path : path.join(' / ')
}
