/** What stands where a secret was, or something of which nothing is known: not even a length. */
export const secretMark = '[secret]'

/** What each kind needs to have in it is looked for first: this is asked of nearly every value. */
const kinds: readonly (readonly [kind: string, needs: string, pattern: RegExp])[] = [
  ['email', '@', /^[^\s@"]+@[^\s@"]+$/],
  ['url', '://', /^[a-z][a-z0-9+.-]*:\/\//i],
  ['digits', '', /^[\s()+./-]*\d[\d\s()+./-]*$/],
]

/** What stands where a text was: its kind and its length. An empty text stays: it often is what went wrong. */
export function mark(text: string): string {
  if (text === '') return ''
  const kind = kinds.find(([, needs, pattern]) => text.includes(needs) && pattern.test(text))?.[0] ?? 'text'
  return `[${kind} ${text.length}]`
}
