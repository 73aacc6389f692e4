/** JSON text: whole, or in parts when it is too large to be held at once. */
export type JsonText = string | AsyncIterable<string>

/** The text of an object with one more member at its end, which comes in parts. */
export async function* withLastMember(object: string, name: string, parts: AsyncIterable<string>) {
  yield `${object.slice(0, -1)},"${name}":`
  yield* parts
  yield '}'
}

/** Joins texts with commas; whole when all of them are. */
export function joinTexts(head: string, texts: readonly JsonText[], tail: string): JsonText {
  if (texts.every((text) => typeof text === 'string')) return `${head}${texts.join(',')}${tail}`
  return joinInParts(head, texts, tail)
}

async function* joinInParts(head: string, texts: readonly JsonText[], tail: string) {
  yield head
  for (const [index, text] of texts.entries()) {
    if (index > 0) yield ','
    if (typeof text === 'string') yield text
    else yield* text
  }
  yield tail
}
