/** A JSON value, read-only because transcripts are data that nobody may change while they are played. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows a dotted path (`meta.version`, `Resources.0.id`; `''` is the whole value) through own properties only. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let found = value
  for (const key of path === '' ? [] : path.split('.')) {
    if (isArray(found)) found = found[Number(key)]
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}
