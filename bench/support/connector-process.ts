/** A process that opens a connector, and reads with it when it is told to. Says by message what that took, as ConnectorReport. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectorType, connectors } from '@muster/connectors'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'

export interface ConnectorOrder {
  type: ConnectorType
  config: Record<string, unknown>
  read: boolean
}

export interface ConnectorReport {
  /** Opening alone: milliseconds, and what the process had in MB before and behind it. */
  openMilliseconds: number
  megabytesBefore: number
  megabytesOpen: number
  users: number
  edges: number
  /** Times that it waited, and how long altogether, one beside another. */
  waits: number
  waitSeconds: number
  seconds: number
  /** The most memory that the process had, in MB. */
  peakMegabytes: number
}

const megabyte = 1_024 * 1_024

/** Memory without what nobody needs any more (`--expose-gc`). */
function residentMegabytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / megabyte
}

async function carryOut({ type, config, read }: ConnectorOrder): Promise<ConnectorReport> {
  const definition = connectors[type]
  if (definition === undefined) throw new Error(`There is no connector ${type}`)
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  const logger = createLogger({ service: 'bench', level: 'error' })
  const signal = new AbortController().signal
  const report = { users: 0, edges: 0, waits: 0, waitSeconds: 0 }
  const wait = async (milliseconds: number, ending: AbortSignal) => {
    report.waits++
    report.waitSeconds += milliseconds / 1_000
    await sleep(milliseconds, undefined, { signal: ending })
  }
  const megabytesBefore = residentMegabytes()
  const opening = performance.now()
  definition.assertConfig?.(config)
  const connector = await definition.open(config, { outbound, logger, signal, wait, onThrottled: () => undefined })
  const openMilliseconds = performance.now() - opening
  const megabytesOpen = residentMegabytes()
  const reading = performance.now()
  if (read) {
    for await (const { upsert } of connector.snapshot()) {
      for (const record of upsert) {
        if (record.kind === 'user') report.users++
        if (record.kind === 'membership') report.edges++
      }
    }
  }
  const seconds = (performance.now() - reading) / 1_000
  await connector.close()
  await outbound.close()
  const peakMegabytes = process.resourceUsage().maxRSS / 1_024
  return { ...report, openMilliseconds, megabytesBefore, megabytesOpen, seconds, peakMegabytes }
}

const [order] = await once(process, 'message')
process.send?.(await carryOut(order))
process.disconnect()
