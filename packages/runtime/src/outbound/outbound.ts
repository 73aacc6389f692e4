import { Agent, request } from 'undici'
import { version } from '../version.ts'
import { addressesOf } from './addresses-of.ts'
import { type AllowedHosts, parseAllowedHosts } from './allowed-hosts.ts'
import { checkedLookup } from './checked-lookup.ts'
import { checkUrl, hostOf } from './checked-url.ts'
import { withDeadline } from './deadline.ts'
import { codeOfFailure } from './failure-codes.ts'
import { OutboundError } from './outbound-error.ts'
import { readLimited } from './read-limited.ts'
import { type Resolver, resolveByDns, resolveBySystem } from './resolver.ts'

/** Bytes of an answer's body that are read when the caller says nothing else. */
const responseBytesDefault = 64 * 1_024
const responseHeaderBytesMax = 16 * 1_024
const connectMillisecondsMax = 10_000
/** After which the next of several addresses is tried. */
const attemptMilliseconds = 1_000
/** How long a connection is kept for the next call, when the other side does not say less. */
const keptMilliseconds = 4_000
const keptMillisecondsMax = 30_000

export interface OutboundRequest {
  headers: Readonly<Record<string, string>>
  body?: string
  /** For the whole call, from the name to the last byte of the answer. */
  timeoutMilliseconds: number
  /** Bytes of the answer's body at most; 64 KiB without it. */
  responseBytesMax?: number
}

export interface OutboundCall extends OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Ends the call with its reason. */
  signal?: AbortSignal
}

export interface OutboundResponse {
  /** Any status: also of errors, and of redirects, which are never followed. */
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** The one way to call what others name: webhooks, hooks and connectors. */
export interface Outbound {
  /** @throws MusterError `invalidValue` for a URL that is never called; its name is resolved only when it is called */
  assertUrl(url: string): void
  /**
   * @throws MusterError `invalidValue` as `assertUrl` does
   * @throws OutboundError when there is no complete answer
   */
  post(url: string, request: OutboundRequest): Promise<OutboundResponse>
  /** The same with any method. @throws as `post` does */
  send(url: string, call: OutboundCall): Promise<OutboundResponse>
  /**
   * The addresses that a host may be connected to at, for what is not HTTP: resolved once, so connect to one of these and to nothing else.
   * `encrypted`: whether TLS is spoken before anything else is said; without it only allowed hosts are answered.
   * @throws MusterError `invalidValue` for a host that is never connected to
   * @throws OutboundError `resolve`, `addressRefused`
   */
  addressesOf(host: string, options: { encrypted: boolean }): Promise<string[]>
  /** Ends all connections, also those in use. */
  close(): Promise<void>
}

/**
 * Calls https URLs at public addresses. A name is resolved once for a connection, all its addresses must be public, and the
 * connection goes to one of those; it may serve later calls to the same origin. No redirect is followed, no proxy of the
 * environment used. `allowedHosts` (names, addresses, CIDR ranges) are exempt, also from https when the URL names them.
 * `resolve` is for tests.
 */
export function createOutbound(options: { allowedHosts: readonly string[]; resolve?: Resolver }): Outbound {
  const allowed = parseAllowedHosts(options.allowedHosts)
  const resolverOf = (name: string) => options.resolve ?? (allowed.hasName(name) ? resolveBySystem : resolveByDns)
  const agent = createAgent(allowed, resolverOf)
  return {
    assertUrl: (url) => void checkUrl(url, allowed),
    post: async (url, request) => send(agent, checkUrl(url, allowed), { ...request, method: 'POST' }),
    send: async (url, call) => send(agent, checkUrl(url, allowed), call),
    addressesOf: async (host, { encrypted }) => addressesOf(host, encrypted, allowed, resolverOf),
    close: () => agent.destroy(),
  }
}

function createAgent(allowed: AllowedHosts, resolverOf: (name: string) => Resolver): Agent {
  return new Agent({
    allowH2: false,
    maxHeaderSize: responseHeaderBytesMax,
    // The whole call has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keptMilliseconds,
    keepAliveMaxTimeout: keptMillisecondsMax,
    connect: {
      lookup: checkedLookup(allowed, resolverOf),
      timeout: connectMillisecondsMax,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: attemptMilliseconds,
      // Not even when the environment says otherwise (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
    },
  })
}

async function send(agent: Agent, url: URL, call: OutboundCall): Promise<OutboundResponse> {
  let status: number | undefined
  try {
    return await withDeadline(call.timeoutMilliseconds, async (deadline) => {
      const headers = { 'user-agent': `Muster/${version}`, ...call.headers }
      const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal])
      const { method, body: sent = null } = call
      const answer = await request(url, { dispatcher: agent, method, headers, body: sent, signal })
      status = answer.statusCode
      const body = await readLimited(answer.body, call.responseBytesMax ?? responseBytesDefault)
      if (body === undefined) throw new OutboundError('responseTooLarge', hostOf(url), { status })
      return { status, headers: answer.headers, body }
    })
  } catch (error) {
    if (error instanceof OutboundError) throw error
    if (call.signal?.aborted) throw call.signal.reason
    const code = codeOfFailure(error)
    if (code === undefined) throw error
    throw new OutboundError(code, hostOf(url), { status, cause: error })
  }
}
