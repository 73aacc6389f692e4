import { shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import { coerceBoolean } from '../resource/coerce-simple.ts'
import type { AttributeType } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { type AttributePath, pathName } from '../schema/resolve-attribute.ts'
import { canonicalInstant } from '../value/instant.ts'
import type { CompareOperator, Filter, FilterValue } from './filter.ts'
import { invalidFilter, type Token } from './tokens.ts'

interface TypeRule {
  operators: ReadonlySet<CompareOperator>
  expected: string
  literal: (token: Token, profile: Profile) => FilterValue | undefined
}

const equality = ['eq', 'ne'] as const
const parts = ['co', 'sw', 'ew'] as const
const order = ['gt', 'ge', 'lt', 'le'] as const

const jsonNumber = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?$/i

const text: TypeRule = {
  operators: new Set([...equality, ...parts, ...order]),
  expected: 'a string',
  literal: (token, profile) => (isQuoted(token) || profile.unquotedFilterValues ? token.text : undefined),
}
const number: TypeRule = {
  operators: new Set([...equality, ...order]),
  expected: 'a number',
  literal: (token) => (!isQuoted(token) && jsonNumber.test(token.text) ? Number(token.text) : undefined),
}

/** Which operators a type has (RFC 7644 §3.4.2.2), and how its literals are read. A complex attribute has only `pr`. */
const rules: Record<Exclude<AttributeType, 'complex'>, TypeRule> = {
  string: text,
  reference: text,
  binary: { ...text, operators: new Set(equality) },
  integer: number,
  decimal: number,
  boolean: {
    operators: new Set(equality),
    expected: 'true or false',
    literal: (token, profile) =>
      isQuoted(token) ? coerceBoolean(token.text, profile) : coerceBoolean(token.text.toLowerCase(), anyWord),
  },
  dateTime: {
    operators: new Set([...equality, ...order]),
    expected: 'a date and time',
    literal: (token) => canonicalInstant(token.text),
  },
}

/** The words `true` and `false` without quotes are the booleans themselves. */
const anyWord = { stringBooleans: true }

/**
 * The filter for `attribute operator literal`.
 * @throws `invalidFilter` when the attribute cannot be compared so
 */
export function comparison(path: AttributePath, operator: CompareOperator, literal: Token, profile: Profile): Filter {
  if (!isQuoted(literal) && literal.text.toLowerCase() === 'null') return comparisonWithNull(path, operator, literal)
  const attribute = comparable(path, literal.at)
  const { type } = attribute.subAttribute ?? attribute.attribute
  const rule = type === 'complex' ? undefined : rules[type]
  if (!rule?.operators.has(operator)) {
    throw invalidFilter(`${shownName(pathName(attribute))} cannot be compared with ${operator}`, literal.at)
  }
  const value = rule.literal(literal, profile)
  if (value === undefined) {
    throw invalidFilter(`${shownName(pathName(attribute))} is compared with ${rule.expected} only`, literal.at)
  }
  return { kind: 'compare', attribute, operator, value }
}

/** Null means "without a value", so it can only be equal or not (RFC 7643 §2.5). */
function comparisonWithNull(attribute: AttributePath, operator: CompareOperator, { at }: Token): Filter {
  if (operator === 'ne') return { kind: 'present', attribute }
  if (operator === 'eq') return { kind: 'not', term: { kind: 'present', attribute } }
  throw invalidFilter(`null cannot be compared with ${operator}`, at)
}

/** `emails co "x"` means `emails.value` (an example of RFC 7644 §3.4.2.2), `manager eq "x"` means `manager.value`. */
function comparable(path: AttributePath, at: number): AttributePath {
  if (path.subAttribute || path.attribute.type !== 'complex') return path
  const subAttribute = findAttribute(path.attribute.subAttributes, 'value')
  if (!subAttribute) throw invalidFilter(`${shownName(pathName(path))} needs a sub-attribute`, at)
  return { ...path, subAttribute }
}

function isQuoted(token: Token): boolean {
  return token.kind === 'string'
}
