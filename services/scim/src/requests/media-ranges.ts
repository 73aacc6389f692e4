interface MediaRange {
  range: string
  quality: number
}

const jsonTypes = ['application/scim+json', 'application/json'] as const

export type JsonMediaType = (typeof jsonTypes)[number]

/**
 * The media type that an `Accept` header asks for (RFC 9110 §12.5.1): `application/json` when that is all the client
 * accepts (OneLogin), else `application/scim+json` (checklist 17); undefined when it accepts neither.
 */
export function acceptedJson(accept: string | undefined): JsonMediaType | undefined {
  if (accept === undefined || accept.trim() === '') return 'application/scim+json'
  const ranges = accept.split(',').map(parseRange)
  return jsonTypes.find((type) => qualityOf(type, ranges) > 0)
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const candidate of [type, 'application/*', '*/*', '*']) {
    const found = ranges.find(({ range }) => range === candidate)
    if (found) return found.quality
  }
  return 0
}

function parseRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
  // A quality that is no number says nothing: the range stands.
  return { range, quality: quality === undefined || Number.isNaN(Number(quality)) ? 1 : Number(quality) }
}
