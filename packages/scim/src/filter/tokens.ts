import { MusterError } from '@muster/runtime/errors'
import { isStorableText } from '../value/storable-text.ts'

/** `word` is whatever stands between delimiters: a path, a keyword, a number. `at` counts characters from 0. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end'
  readonly text: string
  readonly at: number
}

const wordEnd = /[\s()[\]"]|$/g
const space = /\s/

/** The error for a filter that is not valid at a place. The text itself may hold personal data and is not repeated. */
export function invalidFilter(problem: string, at: number): MusterError {
  return new MusterError('invalidFilter', `At position ${at}: ${problem}`)
}

/**
 * Splits a filter into tokens, in one pass.
 * @throws `invalidFilter` for a string that does not end or is not JSON, and for text that a database cannot hold
 */
export function tokenize(text: string, from = 0): Token[] {
  if (!isStorableText(text)) throw invalidFilter('the filter holds a NUL character or half a surrogate pair', from)
  const tokens: Token[] = []
  for (let at = from; at < text.length; ) {
    const character = text[at] ?? ''
    if (space.test(character)) at++
    else if (character === '(' || character === ')' || character === '[' || character === ']') {
      tokens.push({ kind: character, text: character, at: at++ })
    } else {
      const end = character === '"' ? stringEnd(text, at) : endOfWord(text, at)
      const source = text.slice(at, end)
      tokens.push(
        character === '"' ? { kind: 'string', text: decodeString(source, at), at } : { kind: 'word', text: source, at },
      )
      at = end
    }
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function endOfWord(text: string, from: number): number {
  wordEnd.lastIndex = from
  return wordEnd.exec(text)?.index ?? text.length
}

/** The index behind the closing quote. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  throw invalidFilter('the string is not closed', from)
}

/** Strings are JSON strings, escapes included (RFC 7644 §3.4.2.2, `compValue`). */
function decodeString(source: string, at: number): string {
  try {
    const value: unknown = JSON.parse(source)
    if (typeof value === 'string' && isStorableText(value)) return value
  } catch {
    // Reported below, together with strings that JSON allows and a database does not.
  }
  throw invalidFilter('the string is not valid', at)
}
