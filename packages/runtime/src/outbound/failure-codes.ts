import type { OutboundCode } from './outbound-error.ts'

/** What Node and undici call the failures (`error.code`, or `error.name` where there is none). */
const failureCodes: Record<string, OutboundCode> = {
  TimeoutError: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  EACCES: 'connect',
  EADDRNOTAVAIL: 'connect',
  ECONNREFUSED: 'connect',
  EHOSTDOWN: 'connect',
  EHOSTUNREACH: 'connect',
  ENETDOWN: 'connect',
  ENETUNREACH: 'connect',
  EPERM: 'connect',
  EPROTO: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  INVALID_CA: 'tls',
  INVALID_PURPOSE: 'tls',
  PATH_LENGTH_EXCEEDED: 'tls',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  UND_ERR_DESTROYED: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  HTTPParserError: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'responseTooLarge',
}

/** What OpenSSL says of certificates and handshakes, by how the codes begin; and HTTP that cannot be parsed. */
const failurePrefixes: readonly (readonly [RegExp, OutboundCode])[] = [
  [/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT)/, 'tls'],
  [/^HPE_/, 'reset'],
]

/** Undefined when the error is no failure of the other side, but of the program. */
export function codeOfFailure(error: unknown): OutboundCode | undefined {
  const { code, name } = error as { code?: unknown; name?: unknown }
  const key = typeof code === 'string' ? code : String(name)
  return failureCodes[key] ?? failurePrefixes.find(([pattern]) => pattern.test(key))?.[1]
}
