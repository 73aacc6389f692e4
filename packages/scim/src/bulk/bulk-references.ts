import { isObject, type Json } from '../json.ts'

/** The resource that a reference means, as an id and as an address. */
export interface ReferencedResource {
  readonly id: string
  readonly location: string
}

const prefix = 'bulkId:'
const wholeReference = /^bulkId:(.+)$/s
/** `…/Users/bulkId:x` */
const addressReference = /^(.*\/)bulkId:([^/?#]+)$/s
/** `members[value eq "bulkId:x"]`; the quoted text may also be an address. */
const quotedReference = /"([^"\\]*\/)?bulkId:([^"\\]+)"/g

/**
 * Replaces the references to resources that the same bulk request creates (RFC 7644 §3.7.2): `bulkId:x` as a value
 * anywhere, at the end of a `$ref`, and in the filters of PATCH paths. Other text is left alone, whatever it says.
 * @param resolve says what a bulkId stands for; may throw
 */
export function replaceReferences(data: Json, resolve: (bulkId: string) => ReferencedResource): Json {
  return replaceIn(data, '', resolve)
}

/** The bulkIds that data refers to, each once. */
export function referencesIn(data: Json): Set<string> {
  const found = new Set<string>()
  replaceReferences(data, (bulkId) => {
    found.add(bulkId)
    return { id: bulkId, location: bulkId }
  })
  return found
}

/** The bulkId that an id in a path stands for; undefined for any other id. */
export function referencedBulkId(id: string): string | undefined {
  return wholeReference.exec(id)?.[1]
}

function replaceIn(value: Json, key: string, resolve: (bulkId: string) => ReferencedResource): Json {
  if (typeof value === 'string') return value.includes(prefix) ? replaceInText(value, key, resolve) : value
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, key, resolve))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, replaceIn(inner, name.toLowerCase(), resolve)]),
  )
}

function replaceInText(text: string, key: string, resolve: (bulkId: string) => ReferencedResource): string {
  const whole = referencedBulkId(text)
  if (whole !== undefined) return key === '$ref' ? resolve(whole).location : resolve(whole).id
  if (key === '$ref') {
    return text.replace(addressReference, (_, head: string, bulkId: string) => `${head}${resolve(bulkId).id}`)
  }
  if (key !== 'path') return text
  return text.replace(quotedReference, (_, head: string | undefined, bulkId: string) => {
    return `"${head ?? ''}${resolve(bulkId).id}"`
  })
}
