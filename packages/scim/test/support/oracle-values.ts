import type { Attribute, Json, ResourceType } from '@muster/scim'
import { distinct, layOver } from './oracle-elements.ts'
import { isObject, listOf, nonEmpty, Refusal } from './oracle-json.ts'

export interface Rules {
  type: ResourceType
  /** The compatible profile. */
  tolerant: boolean
}

export function partAlone(part: Attribute, value: unknown, rules: Rules): Record<string, Json | undefined> {
  const next = part.multiValued ? nonEmpty(normalList(part, value ?? [], rules)) : normal(part, value, rules)
  if (part.required && (next === undefined || String(next).trim() === '')) throw new Refusal('invalidValue')
  return isSecret(part) ? {} : { [part.name]: next }
}

export function partsOf(definition: Attribute, raw: unknown, rules: Rules): Record<string, Json | undefined> {
  const value = rules.tolerant && Array.isArray(raw) && raw.length === 1 ? raw[0] : raw
  if (definition.type !== 'complex') return { value: normal({ ...definition, multiValued: false }, value, rules) }
  return complexParts(definition, value, rules)
}

function complexParts(definition: Attribute, value: unknown, rules: Rules): Record<string, Json | undefined> {
  const hasValue = definition.subAttributes.some(({ name }) => name === 'value')
  const isBare = ['string', 'number', 'boolean'].includes(typeof value)
  const object = rules.tolerant && isBare && hasValue ? { value } : value
  if (!isObject(object)) throw new Refusal('invalidValue')
  const parts: Record<string, Json | undefined> = {}
  for (const [name, part] of Object.entries(object)) {
    const sub = definition.subAttributes.find((one) => one.name === name)
    if (!sub && !rules.tolerant) throw new Refusal('invalidSyntax')
    if (!sub || sub.mutability === 'readOnly') continue
    const next = sub.multiValued ? nonEmpty(normalList(sub, part ?? [], rules)) : normal(sub, part, rules)
    if (!isSecret(sub)) parts[name] = next
  }
  return parts
}

export function normalList(definition: Attribute, value: unknown, rules: Rules): Json[] {
  if (value === null || (value === '' && rules.tolerant)) return []
  if (!Array.isArray(value) && !rules.tolerant) throw new Refusal('invalidValue')
  const list: Json[] = []
  for (const item of Array.isArray(value) ? value : [value]) {
    const element = kept({ ...definition, multiValued: false }, item, rules)
    if (element !== undefined) list.push(element)
  }
  return [...listOf(distinct(definition, list))]
}

/** A single value in the form in which it is kept, also out of a list of one; undefined when it is none. */
export function normal(definition: Attribute, raw: unknown, rules: Rules): Json | undefined {
  if (!Array.isArray(raw) || raw.length > 1) return kept(definition, raw, rules)
  if (raw.length === 0) return undefined
  return kept(definition, rules.tolerant ? raw[0] : raw, rules)
}

/** RFC 7643 §2.3, §2.5; checklist 96. */
function kept(definition: Attribute, value: unknown, rules: Rules): Json | undefined {
  if (value === null || value === undefined || (value === '' && rules.tolerant)) return undefined
  if (definition.type === 'complex') {
    const parts = complexParts(definition, value, rules)
    if (Object.keys(parts).length === 0) return undefined
    return layOver(definition, undefined, parts, false)
  }
  const ok = (passes: boolean) => {
    if (!passes) throw new Refusal('invalidValue')
    return value as Json
  }
  switch (definition.type) {
    case 'boolean':
      if (rules.tolerant && /^(true|false)$/i.test(String(value))) return String(value).toLowerCase() === 'true'
      return ok(typeof value === 'boolean')
    case 'integer':
      return ok(Number.isSafeInteger(value))
    case 'decimal':
      return ok(Number.isFinite(value))
    case 'binary':
      return ok(
        typeof value === 'string' && /^([\w+/]{4})*([\w+/]{2}(==)?|[\w+/]{3}=?)?$/.test(value) && !/_/.test(value),
      )
    case 'dateTime':
      ok(typeof value === 'string' && !Number.isNaN(Date.parse(value)) && value.includes('T'))
      return new Date(String(value)).toISOString().replace(/(\d{3})Z$/, '$1000Z')
    case 'reference':
      return ok(typeof value === 'string' && (rules.tolerant || !/\s/.test(value)))
    default:
      return ok(typeof value === 'string')
  }
}

export function isSecret({ mutability, returned }: Attribute): boolean {
  return mutability === 'writeOnly' || returned === 'never'
}
