import { MusterError } from '@muster/runtime/errors'
import { shownKey } from './shown-key.ts'
import { isStorable } from './storable-text.ts'

/** The error for settings that are not valid: `where` names the setting, the problem never repeats its value. */
export function invalidSetting(where: string, problem: string): MusterError {
  return new MusterError('invalidValue', `${where}: ${problem}`)
}

/**
 * An object of settings with no key but the given ones.
 * @throws `invalidValue` when it is none, or has another key
 */
export function settingsObject(input: unknown, where: string, keys?: readonly string[]): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidSetting(where, 'an object is expected')
  }
  const unknown = keys && Object.keys(input).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw invalidSetting(where, `${shownKey(unknown)} is not known here`)
  return input as Record<string, unknown>
}

/**
 * A list of texts that are not blank, without the white space around them and without doubles.
 * @throws `invalidValue` when it is none, or has more than `max` entries or one longer than `charactersMax`
 */
export function textList(input: unknown, where: string, { max, charactersMax }: ListLimits): string[] {
  if (!Array.isArray(input) || input.length > max) throw invalidSetting(where, `a list of at most ${max} is expected`)
  const texts = input.map((entry, at) => {
    const text = typeof entry === 'string' ? entry.trim() : ''
    if (text === '' || text.length > charactersMax || !isStorable(text)) {
      throw invalidSetting(`${where}[${at}]`, `a text of 1 to ${charactersMax} characters is expected`)
    }
    return text
  })
  return [...new Set(texts)]
}

interface ListLimits {
  max: number
  charactersMax: number
}
