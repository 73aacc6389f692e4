import type { JsonObject } from '../json.ts'
import { mark, secretMark } from './marks.ts'
import { maskExpression } from './mask-expression.ts'
import { maskKey, maskNames } from './mask-name.ts'
import { isUuid, maskText } from './mask-text.ts'
import { ruleOf, urnPattern } from './rules.ts'

/** Words of SCIM addresses (RFC 7644 §3.2, §3.4.3, §3.13, §4). */
const addressWords =
  /^(?:|v[12]|Users|Groups|Me|Bulk|Schemas|ResourceTypes|ServiceProviderConfig|User|Group|\.search)(?:\.scim)?$/i
const segmentsMax = 8
const parametersMax = 30

/** The path of a request, relative to the base URL: endpoints, ids that are UUIDs and URNs stay. */
export function maskAddress(path: string): string {
  const segments = path.split('/', segmentsMax).map((segment) => {
    const text = decoded(segment)
    const known = addressWords.test(text) || isUuid(text.replace(/\.scim$/i, '')) || urnPattern.test(text)
    return known ? text : mark(text)
  })
  return segments.join('/')
}

/** Query parameters; undefined when there are none. Of what is no parameter of SCIM only the name stays. */
export function maskQuery(parameters: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const entries = Object.entries(parameters).slice(0, parametersMax)
  if (entries.length === 0) return undefined
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const mask = (text: unknown) => maskParameter(name, String(text))
      return [maskKey(name), Array.isArray(value) ? value.slice(0, parametersMax).map(mask) : mask(value)]
    }),
  )
}

/** Parameters of a SCIM query (RFC 7644 §3.4.2, RFC 9865); attributes of resources are none. */
const parameterNames = /^(?:filter|attributes|excludedAttributes|sortBy|sortOrder|startIndex|count|cursor)$/i

function maskParameter(name: string, text: string): string {
  const rule = parameterNames.test(name) ? ruleOf(name) : undefined
  if (rule === undefined) return secretMark
  if (rule.kind === 'expression') return maskExpression(text)
  return rule.kind === 'names' ? maskNames(text) : maskText(rule, text)
}

/** A segment that is not validly encoded stays as it came: it is then no word we know. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
