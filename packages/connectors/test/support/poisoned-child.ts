/**
 * A process of its own, which may have anything lying around: reads a directory with each of some configurations, and tells its parent what
 * came of them.
 */

import { createRequire } from 'node:module'
import { createOutbound, type OutboundCall } from '@muster/runtime/outbound/outbound'
import { recordingLogger, textOf } from '../../src/conformance/recording-logger.ts'
import type { ConnectorType } from '../../src/connector.ts'
import { connectors } from '../../src/registry.ts'

/** What is to be read. */
export interface ChildTask {
  type: ConnectorType
  configs: readonly Record<string, unknown>[]
  /** Where requests to an origin really go: to a fake in place of a vendor. */
  places: Readonly<Record<string, string>>
}

/** A request that was sent. */
export interface ChildRequest extends Pick<OutboundCall, 'headers' | 'body'> {
  url: string
}

/** What came of a configuration: how many users it has, or the code of the failure and all that it says. */
export interface ChildOutcome {
  users?: number
  failed?: { code: unknown; text: string }
}

export interface ChildReport {
  outcomes: ChildOutcome[]
  sent: ChildRequest[]
  /** Files of packages that are loaded, without those that are ES modules. */
  loaded: string[]
}

const { type, configs, places }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const definition = connectors[type]
if (definition === undefined) throw new Error(`there is no connector ${type}`)
const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
const sent: ChildRequest[] = []
const context = {
  outbound: {
    ...outbound,
    send: (url: string, call: OutboundCall) => {
      sent.push({ url, headers: { ...call.headers }, ...(call.body !== undefined && { body: call.body }) })
      const { origin } = new URL(url)
      return outbound.send(url.replace(origin, places[origin] ?? origin), call)
    },
  },
  signal: new AbortController().signal,
  logger: recordingLogger([]),
  onThrottled: () => undefined,
  wait: async () => undefined,
}
const outcomes: ChildOutcome[] = []
for (const config of configs) {
  try {
    const connector = await definition.open(config, context)
    let users = 0
    for await (const { upsert } of connector.snapshot()) users += upsert.filter(({ kind }) => kind === 'user').length
    await connector.close()
    outcomes.push({ users })
  } catch (error) {
    outcomes.push({ failed: { code: (error as { code?: unknown }).code, text: textOf(error) } })
  }
}
await outbound.close()
const files = Object.keys(createRequire(import.meta.url).cache)
const loaded = files.map((file) => file.split('/node_modules/').at(-1) ?? file)
process.send?.({ outcomes, sent, loaded } satisfies ChildReport)
