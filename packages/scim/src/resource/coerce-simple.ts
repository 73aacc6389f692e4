import { MusterError } from '@muster/runtime/errors'
import type { Json } from '../json.ts'
import type { Profile } from '../profile.ts'
import type { Attribute, AttributeType } from '../schema/attribute.ts'
import { comparisonKey } from '../value/comparison-key.ts'
import { canonicalInstant } from '../value/instant.ts'
import { isStorableText } from '../value/storable-text.ts'

type SimpleType = Exclude<AttributeType, 'complex'>

interface SimpleRule {
  /** How an error text names the type. */
  expected: string
  /** The canonical value; undefined when the input is not of the type. */
  coerce: (raw: unknown, profile: Profile) => Json | undefined
}

const base64 = /^[A-Za-z0-9+/]*(={0,2})$/
/** What stands in no URI or IRI reference (RFC 3986 §2, RFC 3987 §2.2). */
const noUri = /[\s<>"{}|\\^`]/
const booleanWords = new Map([
  ['true', true],
  ['false', false],
])

const text = (raw: unknown) => (typeof raw === 'string' && isStorableText(raw) ? raw : undefined)

/** RFC 7643 §2.3, one row per type. */
const rules: Record<SimpleType, SimpleRule> = {
  string: { expected: 'a string', coerce: text },
  reference: {
    expected: 'a URI as a string',
    coerce: (raw, { anyTextAsReference }) =>
      typeof raw === 'string' && noUri.test(raw) && !anyTextAsReference ? undefined : text(raw),
  },
  binary: {
    expected: 'base64 text',
    coerce: (raw) => (typeof raw === 'string' && isBase64(raw) ? raw : undefined),
  },
  boolean: { expected: 'true or false', coerce: coerceBoolean },
  integer: {
    expected: 'a whole number',
    coerce: (raw) => (typeof raw === 'number' && Number.isSafeInteger(raw) ? raw : undefined),
  },
  decimal: {
    expected: 'a number',
    coerce: (raw) => (typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined),
  },
  dateTime: {
    expected: 'a date and time',
    coerce: (raw) => (typeof raw === 'string' ? canonicalInstant(raw) : undefined),
  },
}

/** A boolean, or the word for one where the profile tolerates it; undefined for anything else. */
export function coerceBoolean(raw: unknown, profile: Pick<Profile, 'stringBooleans'>): boolean | undefined {
  if (typeof raw === 'boolean') return raw
  return typeof raw === 'string' && profile.stringBooleans ? booleanWords.get(raw.toLowerCase()) : undefined
}

/**
 * The canonical value of a simple attribute; undefined when the input unassigns it.
 * @param at names the place in an error text
 * @throws `invalidValue` when the input is not of the attribute's type, or too long
 */
export function coerceSimple(attribute: Attribute, raw: unknown, at: string, profile: Profile): Json | undefined {
  if (raw === null || raw === undefined || (raw === '' && profile.emptyStringUnassigns)) return undefined
  const rule = rules[attribute.type as SimpleType]
  const value = rule.coerce(raw, profile)
  if (value === undefined) throw new MusterError('invalidValue', `${at} must be ${rule.expected}`)
  if (typeof value === 'string' && charactersOf(value, attribute) > attribute.maxCharacters) {
    throw new MusterError('invalidValue', `${at} is longer than ${attribute.maxCharacters} characters`)
  }
  return value
}

/** RFC 4648 §4; RFC 7643 §2.3.6 lets clients leave out the padding. */
function isBase64(raw: string): boolean {
  const padding = base64.exec(raw)?.[1]
  if (padding === undefined) return false
  return padding === '' ? raw.length % 4 !== 1 : raw.length % 4 === 0
}

/** Folding can make a text 18 times as long, and the folded form is what an index holds. */
function charactersOf(value: string, { caseExact }: Attribute): number {
  return caseExact ? value.length : Math.max(value.length, comparisonKey(value).length)
}
