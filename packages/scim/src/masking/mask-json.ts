import { isObject, type Json } from '../json.ts'
import { secretMark } from './marks.ts'
import { maskExpression } from './mask-expression.ts'
import { lastNameOf, maskKey, maskName, maskNames } from './mask-name.ts'
import { maskText } from './mask-text.ts'
import { containerRule, plainRule, type Rule, ruleOf, secretRule, urnPattern } from './rules.ts'

/** Enough for what identity providers send a person; of a group of 10,000 members the first say what the others are. */
const limits = { depth: 12, items: 20, keys: 100, nodes: 600 } as const

interface Walk {
  nodes: number
  truncated: boolean
}

/**
 * The body of a SCIM request or answer with its structure and without its content: names, operations, schema URNs, ids
 * that are UUIDs, booleans and paging numbers stay; every other text is a mark of its kind and length, every other
 * number `[number]`; `password` and values of attributes that are not known are `[secret]`. Never changes `body`, whose
 * size does not matter: past the limits it is cut, which `truncated` says.
 */
export function maskJson(body: unknown): { value: Json; truncated: boolean } {
  const walk = { nodes: 0, truncated: false }
  const value = maskValue(walk, body, plainRule, 0)
  return { value, truncated: walk.truncated }
}

function maskValue(walk: Walk, value: unknown, rule: Rule, depth: number): Json {
  walk.nodes++
  if (typeof value === 'string') return maskString(rule, value)
  if (typeof value === 'number') return maskNumber(rule, value)
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
  if (depth >= limits.depth) return cut(walk, '[deeper]')
  if (Array.isArray(value)) return maskItems(walk, value, rule, depth)
  return isObject(value) ? maskMembers(walk, value, rule, depth) : cut(walk, '[unknown]')
}

function maskString(rule: Rule, text: string): string {
  if (rule.kind === 'expression') return maskExpression(text)
  return rule.kind === 'names' ? maskNames(text) : maskText(rule, text)
}

function maskNumber(rule: Rule, value: number): number | string {
  if (rule.kind === 'secret' || rule.kind === 'container') return secretMark
  return rule.shows?.test(String(value)) ? value : '[number]'
}

function maskItems(walk: Walk, items: readonly unknown[], rule: Rule, depth: number): Json[] {
  const masked: Json[] = []
  for (const item of items) {
    if (masked.length >= limits.items || walk.nodes >= limits.nodes) {
      masked.push(cut(walk, `[${items.length - masked.length} more]`))
      break
    }
    masked.push(maskValue(walk, item, rule, depth + 1))
  }
  return masked
}

function maskMembers(walk: Walk, object: Record<string, unknown>, rule: Rule, depth: number): Json {
  const written = rule.kind === 'secret' ? secretRule : writtenTo(object)
  const masked: Record<string, Json> = {}
  let members = 0
  for (const key in object) {
    if (++members > limits.keys || walk.nodes >= limits.nodes) {
      masked['[more]'] = cut(walk, `[${Object.keys(object).length - members + 1} more]`)
      break
    }
    const known = ruleOf(key)
    let shown = known !== undefined ? key : rule.kind === 'secret' ? maskName(key) : maskKey(key)
    while (Object.hasOwn(masked, shown)) shown += '+'
    masked[shown] = maskValue(walk, object[key], memberRule(key, known, rule, written), depth + 1)
  }
  return masked
}

function memberRule(key: string, known: Rule | undefined, parent: Rule, written: Rule | undefined): Rule {
  if (parent.kind === 'secret') return secretRule
  if (written !== undefined && key.toLowerCase() === 'value') return written
  const rule = known ?? ruleOf(lastNameOf(key))
  if (rule !== undefined) return rule
  return urnPattern.test(key) ? containerRule : secretRule
}

/** For an operation of a PATCH: the rule of the attribute that its path names goes for its value. */
function writtenTo(object: Record<string, unknown>): Rule | undefined {
  const [op, path] = [member(object, 'op'), member(object, 'path')]
  if (op === undefined || path === undefined || path === null || path === '') return undefined
  if (typeof path !== 'string') return secretRule
  const rule = ruleOf(lastNameOf(path))
  if (rule !== undefined) return rule
  return urnPattern.test(path) ? containerRule : secretRule
}

function member(object: Record<string, unknown>, name: 'op' | 'path'): unknown {
  if (Object.hasOwn(object, name)) return object[name]
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

function cut(walk: Walk, text: string): string {
  walk.truncated = true
  return text
}
