/** A server did something else than a check demands. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
  readonly expected: string
  readonly got: string
  /** What was sent and answered last, if that is what the failure is about. */
  readonly exchange: Exchange | undefined

  constructor(expected: string, got: string, exchange?: Exchange) {
    super(`expected ${expected}, got ${got}`)
    this.expected = expected
    this.got = got
    this.exchange = exchange
  }
}

/** Nothing can be said: the server does not offer what the check is about. */
export class CheckSkipped extends Error {
  override readonly name = 'CheckSkipped'
}

/** A request and its answer as a report shows them: without credentials. */
export interface Exchange {
  readonly method: string
  /** Below the base URL; absolute when it is elsewhere. */
  readonly path: string
  readonly body: string | undefined
  readonly status: number
  readonly answer: string
}
