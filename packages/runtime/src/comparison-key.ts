// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
const ascii = /^[\u0000-\u007f]*$/

/**
 * The form in which case-insensitive strings are compared, in SQL columns and in memory alike: compatibility-normalised
 * (NFKC), lower-case, final sigma as sigma, so that a part of a key is found in the key of the whole. Folding a key
 * again gives the same key.
 *
 * User names need PRECIS (RFC 7644 §5, RFC 8265 §3.3 UsernameCaseMapped: width mapping, lower case, NFC). For every
 * string that PRECIS allows as a user name this says the same, except that a final sigma is a sigma. Strings it does not
 * allow (spaces, ligatures) are accepted, because identity providers have them, and compare without their
 * compatibility forms, so that no two users look alike by those.
 */
export function comparisonKey(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  // Lower-casing can leave a text that is no longer normalised, so this runs until nothing changes.
  for (let key = text; ; ) {
    const next = key.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
    if (next === key) return key
    key = next
  }
}
