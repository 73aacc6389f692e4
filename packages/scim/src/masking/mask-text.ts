import { mark, secretMark } from './marks.ts'
import type { Rule } from './rules.ts'

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const uuidCharacters = 36
const uuidPattern = new RegExp(`^${uuid}$`, 'i')
const resourceAddress = new RegExp(`/(?:Users|Groups)/${uuid}$`, 'i')
/** Also as a text: identity providers quote booleans, and that is worth seeing. */
const booleanPattern = /^(?:true|false)$/i

/**
 * A text value by the rule of its attribute. Ids that are UUIDs, booleans and what the rule shows stay as they are; of
 * the rest only kind and length. The rules `expression` and `names` are not for here.
 */
export function maskText(rule: Rule, text: string): string {
  if (rule.kind === 'secret' || rule.kind === 'container') return secretMark
  if (rule.shows?.test(text) || isUuid(text) || (text.length < 6 && booleanPattern.test(text))) return text
  if (rule.kind === 'reference') {
    const address = resourceAddress.exec(text)?.[0]
    if (address !== undefined) return `…${address}`
  }
  return mark(text)
}

/** By the length first: this is asked of every value. */
export function isUuid(text: string): boolean {
  return text.length === uuidCharacters && uuidPattern.test(text)
}
