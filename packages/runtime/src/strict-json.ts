import { MusterError } from './errors.ts'

export const jsonDepthMax = 32

const poisonedKeys = new Set(['__proto__', 'constructor', 'prototype'])
/** Texts worth the slow look: a reserved name in clear, or an escape that may spell one (or a NUL, or half a character). */
const suspicious = /__proto__|constructor|prototype|\\u/

/**
 * Parses a request body. Refuses what is not JSON, nesting deeper than 32 levels (before anything else walks the
 * value), member names that can reach a prototype, and strings that Postgres cannot hold (NUL, lone surrogates).
 */
export function parseStrictJson(text: string): unknown {
  assertDepth(text)
  try {
    return suspicious.test(text) ? JSON.parse(text, refuseHostile) : JSON.parse(text)
  } catch (error) {
    if (error instanceof MusterError) throw error
    throw new MusterError('invalidSyntax', 'The request body is not valid JSON.')
  }
}

function refuseHostile(key: string, value: unknown): unknown {
  if (poisonedKeys.has(key)) throw new MusterError('invalidSyntax', 'The request body uses a reserved member name.')
  if (!isStorable(key) || (typeof value === 'string' && !isStorable(value))) {
    throw new MusterError('invalidSyntax', 'The request body holds a NUL character or half a surrogate pair.')
  }
  return value
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Counts brackets outside strings: linear, and safe on text that turns out not to be JSON. */
function assertDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 0x5c) index++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > jsonDepthMax) {
        throw new MusterError('invalidSyntax', `The request body is nested deeper than ${jsonDepthMax} levels.`)
      }
    } else if (code === 0x7d || code === 0x5d) depth--
  }
}
