/** Every way a call can fail before its answer is complete. */
export const outboundFailures = {
  timeout: 'did not answer in time',
  addressRefused: 'is not at a public address',
  resolve: 'has no address',
  connect: 'cannot be connected to',
  tls: 'does not speak TLS with a certificate that is trusted for it',
  reset: 'broke the connection, or did not answer in HTTP',
  responseTooLarge: 'answered with more than is read',
} as const

export type OutboundCode = keyof typeof outboundFailures

/** A call that got no complete answer. Its message names the host, and nothing else of the URL. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly code: OutboundCode
  /** The status of the answer, when it came that far before its body failed. */
  readonly status: number | undefined

  constructor(code: OutboundCode, host: string, extras: { status?: number | undefined; cause?: unknown } = {}) {
    super(`${host} ${outboundFailures[code]}`, { cause: extras.cause })
    this.code = code
    this.status = extras.status
  }
}
