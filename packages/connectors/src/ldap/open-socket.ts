import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls'
import { MusterError } from '@muster/runtime/errors'
import { OutboundError } from '@muster/runtime/outbound/outbound-error'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { LdapConfig } from './config.ts'

/** For the name, then for each address, then for TLS. */
const connectMilliseconds = 10_000
const addressesMax = 4
const port = { plain: 389, ssl: 636 } as const

/** What Node says of certificates that are not trusted; all else that goes wrong with TLS is no TLS at all. */
const certificateFailures =
  /^(ERR_TLS_CERT|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)|ERROR_IN_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/

export function isEncrypted(config: LdapConfig): boolean {
  return config.ssl === true || config.startTls === true
}

/**
 * A TCP connection to one of the checked addresses of the host.
 * @throws ConnectorError `refusedAddress`, `unreachable`, `timeout`, `interrupted`
 */
export async function openSocket(config: LdapConfig, { outbound, signal }: ConnectorContext): Promise<Socket> {
  const encrypted = isEncrypted(config)
  const looking = outbound
    .addressesOf(config.host, { encrypted })
    .catch((cause) => Promise.reject(refusal(cause, config)))
  const addresses = await withinTime(looking, `${config.host} could not be looked up`, signal)
  let failure: unknown
  for (const address of addresses.slice(0, addressesMax)) {
    const socket = connect({ host: address, port: portOf(config), noDelay: true, keepAlive: true })
    try {
      return await opened(socket, 'connect', `${config.host} could not be connected to`, signal)
    } catch (error) {
      failure = error
      if (signal.aborted) break
    }
  }
  if (failure instanceof ConnectorError) throw failure
  throw new ConnectorError('unreachable', `${config.host}, port ${portOf(config)}: ${codeOf(failure)}.`, {
    cause: failure,
  })
}

/**
 * TLS over a connection, with a certificate that is trusted for the host or the configured name.
 * @throws ConnectorError `untrustedCertificate`, `unreachable`, `timeout`, `interrupted`
 */
export async function secureSocket(socket: Socket, config: LdapConfig, signal: AbortSignal): Promise<Socket> {
  const name = config.tlsServerName ?? config.host
  const options: ConnectionOptions & { allowPartialTrustChain: boolean } = {
    socket,
    // Not even when the environment says otherwise (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // Whoever issued the certificate may be given, or the certificate itself; it need not be the root.
    allowPartialTrustChain: true,
    ...(isIP(name) === 0 && { servername: name }),
    ...(config.caCertificate !== undefined && { ca: config.caCertificate }),
  }
  try {
    return await opened(connectTls(options), 'secureConnect', `${config.host} did not finish the TLS handshake`, signal)
  } catch (error) {
    socket.destroy()
    if (error instanceof ConnectorError) throw error
    const code = codeOf(error)
    if (certificateFailures.test(code)) {
      const says = `The certificate of ${config.host} is not trusted for ${name}: ${code}.`
      throw new ConnectorError('untrustedCertificate', says, { cause: error })
    }
    const says = `${config.host}, port ${portOf(config)}, does not speak TLS as it should: ${code}.`
    throw new ConnectorError('unreachable', says, { cause: error })
  }
}

function portOf(config: LdapConfig): number {
  return config.port ?? (config.ssl === true ? port.ssl : port.plain)
}

async function opened<S extends Socket>(socket: S, event: string, late: string, signal: AbortSignal): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>()
  // The listener of errors stays: one without any would end the process.
  socket.once(event, () => resolve(socket)).on('error', reject)
  socket.once('close', () => reject(Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' })))
  try {
    return await withinTime(promise, late, signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function withinTime<T>(work: Promise<T>, late: string, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new ConnectorError('timeout', `${late} within ${connectMilliseconds / 1_000} s.`)),
    connectMilliseconds,
  )
  const onAbort = () => reject(stopped(signal))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, ended])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** What ends when somebody stops the reading. */
export function stopped(signal: AbortSignal): ConnectorError {
  return new ConnectorError('interrupted', 'Reading was stopped.', { cause: signal.reason })
}

function refusal(cause: unknown, { host }: LdapConfig): unknown {
  if (cause instanceof MusterError) return new ConnectorError('refusedAddress', `${host}: ${cause.detail}`, { cause })
  if (!(cause instanceof OutboundError)) return cause
  return new ConnectorError(cause.code === 'addressRefused' ? 'refusedAddress' : 'unreachable', `${cause.message}.`, {
    cause,
  })
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? 'no address answers')
}
