import { createOutbound, type Outbound, type OutboundCall } from '@muster/runtime/outbound/outbound'
import type { Resolver } from '@muster/runtime/outbound/resolver'
import type { Test } from 'tap'
import { recordingLogger } from '../../src/conformance/index.ts'
import type { ConnectorContext } from '../../src/connector-context.ts'

/** A request to a source, and what came of it: no status until it is answered. */
export interface Exchange {
  url: string
  call: OutboundCall
  status?: number
  body: string
}

interface ContextOptions {
  /** The loopback without it. */
  allowedHosts?: readonly string[]
  resolve?: Resolver
  signal?: AbortSignal
}

/** What connectors of a test are opened with: they wait no time, and what they send, log and would have waited is kept. */
export function sourceContext(t: Test, options: ContextOptions = {}) {
  const { allowedHosts = ['127.0.0.1'], resolve, signal = new AbortController().signal } = options
  const outbound = createOutbound({ allowedHosts, ...(resolve && { resolve }) })
  t.teardown(() => outbound.close())
  const exchanges: Exchange[] = []
  const waits: number[] = []
  const lines: string[] = []
  const send: Outbound['send'] = async (url, call) => {
    const exchange: Exchange = { url, call, body: '' }
    exchanges.push(exchange)
    const answer = await outbound.send(url, call)
    Object.assign(exchange, { status: answer.status, body: answer.body })
    return answer
  }
  const context: ConnectorContext = {
    outbound: { ...outbound, send },
    signal,
    logger: recordingLogger(lines),
    onThrottled: () => undefined,
    wait: async (milliseconds) => void waits.push(milliseconds),
  }
  return { context, exchanges, waits, lines }
}
