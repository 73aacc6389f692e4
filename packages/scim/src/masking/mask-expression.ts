import { lastNameOf, maskName } from './mask-name.ts'
import { maskText } from './mask-text.ts'
import { plainRule, type Rule, ruleOf, secretRule } from './rules.ts'

/** Strings (also ones that do not end), delimiters, white space, and whatever stands between. */
const token = /"(?:[^"\\]|\\[\s\S])*"?|[()[\]]|\s+|[^\s()[\]"]+/g
const operators = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const keywords = new Set(['and', 'or', 'not', 'pr'])
const charactersMax = 8_000
const tokensMax = 400

/**
 * A filter or the path of a PATCH operation, valid or not, with its literals masked: `userName eq "[email 18]"`. A
 * literal goes by the rule of the attribute it is compared with; a word where a name belongs stays only if it is one.
 */
export function maskExpression(text: string): string {
  let compared: Rule | undefined
  let name = ''
  let masked = ''
  for (const source of text.slice(0, charactersMax).match(token)?.slice(0, tokensMax) ?? []) {
    const lower = source.toLowerCase()
    if (/^[\s()[\]]/.test(source)) masked += /^\s/.test(source) ? ' ' : source
    else if (source.startsWith('"')) {
      masked += `"${maskText(compared ?? plainRule, unquoted(source))}"`
      compared = undefined
    } else if (compared !== undefined) {
      masked += lower === 'null' ? source : maskText(compared, source)
      compared = undefined
    } else if (operators.has(lower)) {
      masked += source
      compared = ruleOf(lastNameOf(name)) ?? secretRule
    } else if (keywords.has(lower)) masked += source
    else {
      masked += maskName(source)
      name = source
    }
  }
  return masked
}

function unquoted(source: string): string {
  return source.replace(/^"|"$/g, '')
}
