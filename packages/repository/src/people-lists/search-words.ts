import { MusterError } from '@muster/runtime/errors'
import { comparisonKey } from '@muster/scim'

const wordsMax = 5

/**
 * The words of a search as keys, each once, the longest first: it is likely to be the rarest.
 * @throws `invalidValue` for more than five
 */
export function searchWords(text: string): string[] {
  const words = [...new Set(comparisonKey(text).split(/\s+/u))].filter((word) => word !== '')
  if (words.length > wordsMax) throw new MusterError('invalidValue', `A search has ${wordsMax} words at most.`)
  return words.sort((left, right) => right.length - left.length)
}
