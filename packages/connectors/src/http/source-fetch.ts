import { MusterError } from '@muster/runtime/errors'
import { type OutboundCode, OutboundError } from '@muster/runtime/outbound/outbound-error'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'

const timeoutMillisecondsDefault = 60_000
const responseBytesDefault = 32 * 1_024 * 1_024

export interface SourceRequest {
  url: string
  /** GET without it. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string
}

export interface SourceAnswer {
  /** Any status, also of a redirect: none is followed. */
  status: number
  /** Names in small letters; one that came several times is joined by commas. */
  headers: Readonly<Record<string, string>>
  body: string
}

/** @throws ConnectorError when no complete answer comes; the reason of the signal when that aborts */
export type SourceFetch = (request: SourceRequest) => Promise<SourceAnswer>

interface SourceFetchOptions {
  /** Where requests may go: whatever a source names as its next page stays there. */
  origins: readonly string[]
  timeoutMilliseconds?: number
  responseBytesMax?: number
}

const failures: Record<OutboundCode, ConnectorFailure> = {
  timeout: 'timeout',
  addressRefused: 'refusedAddress',
  resolve: 'unreachable',
  connect: 'unreachable',
  tls: 'untrustedCertificate',
  reset: 'interrupted',
  responseTooLarge: 'protocol',
}

/** One attempt at a request, by the guarded way out. Libraries are given this in place of a transport of their own. */
export function createSourceFetch(
  { outbound, signal }: Pick<ConnectorContext, 'outbound' | 'signal'>,
  {
    origins,
    timeoutMilliseconds = timeoutMillisecondsDefault,
    responseBytesMax = responseBytesDefault,
  }: SourceFetchOptions,
): SourceFetch {
  return async ({ url, method = 'GET', headers = {}, body }) => {
    signal.throwIfAborted()
    const target = URL.parse(url)
    if (target === null || !origins.includes(target.origin)) {
      throw new ConnectorError('protocol', 'The source refers to an address that is not its own.')
    }
    const call = {
      method,
      headers: asIs(headers),
      timeoutMilliseconds,
      responseBytesMax,
      signal,
      ...(body !== undefined && { body }),
    }
    const answer = await outbound.send(url, call).catch((error: unknown) => {
      throw failureOf(error, target.host)
    })
    return { status: answer.status, headers: joined(answer.headers), body: answer.body }
  }
}

/** Libraries ask for compressed answers; nobody unpacks them here. */
function asIs(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'accept-encoding'))
}

/** Without its cause: that of an answer that is no HTTP holds the answer. */
function failureOf(error: unknown, host: string): unknown {
  if (error instanceof OutboundError) return new ConnectorError(failures[error.code], `${error.message}.`)
  if (error instanceof MusterError) return new ConnectorError('refusedAddress', `${host}: ${error.detail}`)
  return error
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}
