/**
 * Every way a request can fail, in one table. Each surface has one renderer (SCIM Error, problem details);
 * a code that is not here does not compile.
 *
 * `scim` marks the codes that RFC 7644 §3.12 (table 9) and RFC 9865 §2.2 define as a `scimType`.
 */
export const errorTable = {
  invalidFilter: { status: 400, scim: true, title: 'The filter is not valid' },
  tooMany: { status: 400, scim: true, title: 'The query yields too many results' },
  uniqueness: { status: 409, scim: true, title: 'A unique value is already taken' },
  mutability: { status: 400, scim: true, title: 'The attribute cannot be changed' },
  invalidSyntax: { status: 400, scim: true, title: 'The request body is not well-formed' },
  invalidPath: { status: 400, scim: true, title: 'The path is not valid' },
  noTarget: { status: 400, scim: true, title: 'The path has no target' },
  invalidValue: { status: 400, scim: true, title: 'A value is missing or not valid' },
  invalidVers: { status: 400, scim: true, title: 'The protocol version is not supported' },
  invalidCursor: { status: 400, scim: true, title: 'The cursor is not valid' },
  expiredCursor: { status: 400, scim: true, title: 'The cursor has expired' },
  invalidCount: { status: 400, scim: true, title: 'The count is not the one of the first page' },
  sensitive: { status: 403, scim: true, title: 'The request carries sensitive data in its address' },
  badRequest: { status: 400, scim: false, title: 'The request is not valid' },
  unauthenticated: { status: 401, scim: false, title: 'Authentication is required' },
  forbidden: { status: 403, scim: false, title: 'Not allowed' },
  notFound: { status: 404, scim: false, title: 'Not found' },
  methodNotAllowed: { status: 405, scim: false, title: 'The method is not allowed here' },
  notAcceptable: { status: 406, scim: false, title: 'No acceptable representation' },
  conflict: { status: 409, scim: false, title: 'Conflicts with the current state' },
  gone: { status: 410, scim: false, title: 'No longer there' },
  preconditionFailed: { status: 412, scim: false, title: 'The resource is not in the expected version' },
  payloadTooLarge: { status: 413, scim: false, title: 'The request body is too large' },
  addressTooLong: { status: 414, scim: false, title: 'The request address is too long' },
  unsupportedMediaType: { status: 415, scim: false, title: 'The media type is not supported' },
  tooManyRequests: { status: 429, scim: false, title: 'Too many requests' },
  // A remote directory that could not be read (packages/connectors): what was asked for is understood, and cannot be done.
  sourceConfiguration: { status: 422, scim: false, title: 'The configuration of the directory is not right' },
  sourceRefusedAddress: { status: 422, scim: false, title: 'The address of the directory may not be called' },
  sourceUnreachable: { status: 422, scim: false, title: 'The directory cannot be reached' },
  sourceUntrustedCertificate: { status: 422, scim: false, title: 'The certificate of the directory is not trusted' },
  sourceCredentials: { status: 422, scim: false, title: 'The directory does not accept the credentials' },
  sourcePermission: { status: 422, scim: false, title: 'The credentials may not read the directory' },
  sourceThrottled: { status: 422, scim: false, title: 'The directory limits requests' },
  sourceUnavailable: { status: 422, scim: false, title: 'The directory is in trouble' },
  sourceTimeout: { status: 422, scim: false, title: 'The directory did not answer in time' },
  sourceInterrupted: { status: 422, scim: false, title: 'The connection to the directory broke' },
  sourceIncomplete: { status: 422, scim: false, title: 'The directory could be read in part only' },
  sourceProtocol: { status: 422, scim: false, title: 'The directory answered otherwise than documented' },
  sourceCheckpointExpired: { status: 422, scim: false, title: 'The directory has forgotten the last position' },
  syncFailed: { status: 422, scim: false, title: 'The sync run failed' },
  internal: { status: 500, scim: false, title: 'Internal error' },
  notImplemented: { status: 501, scim: false, title: 'Not implemented' },
  unavailable: { status: 503, scim: false, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; scim: boolean; title: string }>

export type ErrorCode = keyof typeof errorTable

interface ErrorExtras {
  /** Seconds for the `Retry-After` header (429, 503). */
  retryAfterSeconds?: number
  /** Methods for the `Allow` header (405). */
  allow?: string
  /** What somebody can do about it. */
  hint?: string | undefined
  /** The sync run that ended with it, by its public id. */
  runId?: string | undefined
  cause?: unknown
}

/**
 * The one error a request may end with. `detail` is shown to the caller: it names what was wrong and where,
 * never a secret, never another organization's data.
 */
export class MusterError extends Error {
  override readonly name = 'MusterError'
  readonly code: ErrorCode
  readonly detail: string
  readonly retryAfterSeconds: number | undefined
  readonly allow: string | undefined
  readonly hint: string | undefined
  readonly runId: string | undefined

  constructor(code: ErrorCode, detail: string, extras: ErrorExtras = {}) {
    super(`${code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.detail = detail
    this.retryAfterSeconds = extras.retryAfterSeconds
    this.allow = extras.allow
    this.hint = extras.hint
    this.runId = extras.runId
  }

  get status(): number {
    return errorTable[this.code].status
  }
}
