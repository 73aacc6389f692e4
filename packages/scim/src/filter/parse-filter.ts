import { MusterError } from '@muster/runtime/errors'
import { shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import { isSecret } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { type AttributePath, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { comparison } from './comparison.ts'
import type { CompareOperator, Filter } from './filter.ts'
import { matchesFilter } from './matches-filter.ts'
import { invalidFilter, type Token, tokenize } from './tokens.ts'

/** A filter past these is refused, whatever it says: parsing stays linear and shallow. */
export const filterLimits = { characters: 16_384, depth: 32, terms: 64 } as const

const compareOperators: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

/** An attribute that a filter names. */
interface Named {
  readonly path: AttributePath
  /** Only another resource type has it: here it is without a value. */
  readonly isForeign?: boolean
}

/** What a name means here: an attribute of the resource type or, between brackets, a sub-attribute. */
type Scope = (name: string) => Named | undefined

interface Parser {
  readonly tokens: readonly Token[]
  readonly profile: Profile
  next: number
  depth: number
  terms: number
}

/**
 * Parses a filter (RFC 7644 §3.4.2.2 with errata 7319, 7322 and 7122): `not` over `and` over `or`, groups, value paths
 * also followed by a sub-attribute as Entra ID writes them, keywords in any case.
 * @param options.alsoKnown resource types whose attributes the filter may name, too: what only they have is without a
 *   value here (RFC 7644 §3.4.2.1, queries over all types)
 * @throws `invalidFilter` with the position, for bad syntax, an unknown attribute, an operator that the attribute's
 *   type does not have, or a filter past `filterLimits`; `sensitive` for a filter over `password`
 */
export function parseFilter(
  text: string,
  resourceType: ResourceType,
  profile: Profile,
  options: { alsoKnown?: readonly ResourceType[] } = {},
): Filter {
  const parser = startParser(text, 0, profile)
  const filter = parseOr(parser, (name) => {
    const own = resolveAttribute(resourceType, name, profile)
    if (own) return own.kind === 'attribute' ? { path: own } : undefined
    const foreign = options.alsoKnown
      ?.map((type) => resolveAttribute(type, name, profile))
      .find((path) => path?.kind === 'attribute')
    return foreign?.kind === 'attribute' ? { path: foreign, isForeign: true } : undefined
  })
  expect(parser, 'end')
  return filter
}

/**
 * Parses the bracketed filter of a PATCH path, from the opening bracket at `from` to the end of the text.
 * @returns the filter over the element's sub-attributes, and what follows the closing bracket
 * @throws `invalidFilter`
 */
export function parseElementFilter(text: string, from: number, element: AttributePath, profile: Profile) {
  const parser = startParser(text, from, profile)
  const filter = parseBrackets(parser, element)
  const suffix = peek(parser).kind === 'word' ? take(parser).text : ''
  expect(parser, 'end')
  return { filter, suffix }
}

function startParser(text: string, from: number, profile: Profile): Parser {
  if (text.length > filterLimits.characters) {
    throw invalidFilter(`the filter is longer than ${filterLimits.characters} characters`, filterLimits.characters)
  }
  return { tokens: tokenize(text, from), profile, next: 0, depth: 0, terms: 0 }
}

function parseOr(parser: Parser, scope: Scope): Filter {
  return parseChain(parser, 'or', () => parseChain(parser, 'and', () => parseTerm(parser, scope)))
}

function parseChain(parser: Parser, keyword: 'and' | 'or', parseOperand: () => Filter): Filter {
  const first = parseOperand()
  if (!isKeyword(peek(parser), keyword)) return first
  const terms = [first]
  while (isKeyword(peek(parser), keyword)) {
    take(parser)
    terms.push(parseOperand())
  }
  return { kind: keyword, terms }
}

function parseTerm(parser: Parser, scope: Scope): Filter {
  const token = take(parser)
  if (token.kind === '(') return parseGroup(parser, scope, token)
  if (token.kind !== 'word') throw invalidFilter('an attribute is expected', token.at)
  if (isKeyword(token, 'not') && peek(parser).kind === '(') {
    return { kind: 'not', term: parseGroup(parser, scope, take(parser)) }
  }
  const named = scope(token.text)
  if (!named) throw invalidFilter(`the attribute ${shownName(token.text)} is not known`, token.at)
  const { path, isForeign } = named
  // Its value stands in the address, and addresses end up in logs (RFC 7644 §7.5.2).
  if (isSecret(path.attribute)) {
    throw new MusterError('sensitive', `The filter compares ${shownName(token.text)}, which is a secret`)
  }
  const filter = peek(parser).kind === '[' ? parseValuePath(parser, path) : parseExpression(parser, path)
  return isForeign ? { kind: 'constant', value: matchesFilter(filter, {}) } : filter
}

function parseGroup(parser: Parser, scope: Scope, opening: Token): Filter {
  return nested(parser, opening, () => {
    const filter = parseOr(parser, scope)
    expect(parser, ')')
    return filter
  })
}

/** `emails[type eq "work"]`, and `emails[type eq "work"].value eq "x"`, where both must hold for one element. */
function parseValuePath(parser: Parser, path: AttributePath): Filter {
  const inner = parseBrackets(parser, path)
  const suffix = peek(parser)
  if (suffix.kind !== 'word' || !suffix.text.startsWith('.')) return { kind: 'element', attribute: path, filter: inner }
  take(parser)
  const subAttribute = findAttribute(path.attribute.subAttributes, suffix.text.slice(1))
  if (!subAttribute) throw invalidFilter(`the sub-attribute ${shownName(suffix.text.slice(1))} is not known`, suffix.at)
  const rest = parseExpression(parser, { ...path, subAttribute })
  return { kind: 'element', attribute: path, filter: { kind: 'and', terms: [inner, rest] } }
}

function parseBrackets(parser: Parser, element: AttributePath): Filter {
  const opening = expect(parser, '[')
  if (element.subAttribute || element.attribute.type !== 'complex') {
    throw invalidFilter('only a complex attribute can be filtered', opening.at)
  }
  return nested(parser, opening, () => {
    const filter = parseOr(parser, (name) => {
      const subAttribute = findAttribute(element.attribute.subAttributes, name)
      return subAttribute && { path: { ...element, subAttribute } }
    })
    expect(parser, ']')
    return filter
  })
}

function parseExpression(parser: Parser, attribute: AttributePath): Filter {
  const token = take(parser)
  if (++parser.terms > filterLimits.terms) {
    throw invalidFilter(`the filter has more than ${filterLimits.terms} terms`, token.at)
  }
  const operator = token.kind === 'word' ? token.text.toLowerCase() : ''
  if (operator === 'pr') return { kind: 'present', attribute }
  if (!isCompareOperator(operator)) throw invalidFilter('an operator is expected', token.at)
  const literal = take(parser)
  if (literal.kind !== 'word' && literal.kind !== 'string') throw invalidFilter('a value is expected', literal.at)
  return comparison(attribute, operator, literal, parser.profile)
}

/** The only recursion of the parser goes through here, so its depth is bounded. */
function nested(parser: Parser, opening: Token, parse: () => Filter): Filter {
  if (++parser.depth > filterLimits.depth) {
    throw invalidFilter(`the filter is nested deeper than ${filterLimits.depth} levels`, opening.at)
  }
  const filter = parse()
  parser.depth--
  return filter
}

function isCompareOperator(text: string): text is CompareOperator {
  return compareOperators.has(text)
}

function isKeyword(token: Token, keyword: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === keyword
}

function peek(parser: Parser): Token {
  // The last token is `end`, and nothing takes it twice.
  return parser.tokens[parser.next] ?? { kind: 'end', text: '', at: 0 }
}

function take(parser: Parser): Token {
  const token = peek(parser)
  parser.next++
  return token
}

function expect(parser: Parser, kind: Token['kind']): Token {
  const token = take(parser)
  if (token.kind !== kind) throw invalidFilter(`expected ${kind === 'end' ? 'the end' : `"${kind}"`}`, token.at)
  return token
}
