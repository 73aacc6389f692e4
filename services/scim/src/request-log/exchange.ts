/** One request and its answer as they were, by reference: nothing is read or copied while the client waits. */
export interface Exchange {
  /** A UUIDv7, the `X-Request-Id` of the answer. */
  requestId: string
  /** As the address claims: the request may have come from anybody. */
  directoryId: string
  authenticated: boolean
  method: string
  /** As the client sent it, behind the base URL and without the query. */
  path: string
  query: unknown
  userAgent: string | undefined
  requestMediaType: string | undefined
  /** As Content-Length says; undefined when the body came in parts, or there was none. */
  requestBytes: number | undefined
  /** Parsed; undefined when there was none or it could not be parsed. */
  requestBody: unknown
  status: number
  durationMs: number
  answerMediaType: string | undefined
  answerBytes: number | undefined
  /** Its text; undefined when it had none or went out in parts. */
  answer: string | undefined
  /** Exchanges of the directory that were skipped since the last one that was kept. */
  skippedBefore: number
}

const weights = { exchange: 1_000, bodyOfUnknownLength: 65_536, parsed: 3 } as const

/** The memory it holds, in bytes, roughly. */
export function weightOf({ requestBody, requestBytes, answer }: Exchange): number {
  const body = requestBody === undefined ? 0 : weights.parsed * (requestBytes ?? weights.bodyOfUnknownLength)
  return weights.exchange + body + (answer?.length ?? 0)
}
