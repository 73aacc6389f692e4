/**
 * A poller with one thing to do: claims the run of a directory that is due and works on it, reading a made-up source. Or
 * only reads it, and leaves the run with what is on the stage then. Says by message what that took, as SyncReport.
 */
import { claimRun, openDatabase } from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { runSync } from '@muster/sync'
// Inside the package: reading alone is no verb of it.
import { readSource } from '../../packages/sync/src/read-source.ts'
import { readingLimits } from '../../packages/sync/src/reading-limits.ts'
import { type MadeUpSource, madeUpConnector } from './made-up-source.ts'

export interface SyncOrder {
  databaseUrl: string
  organizationId: string
  directoryId: string
  source: MadeUpSource
  readOnly: boolean
}

export interface SyncReport {
  runId: string
  /** Of the whole run, and of making its pages, which is in it. */
  seconds: number
  sourceSeconds: number
  cpuSeconds: number
  /** The most memory that the process had, in MB. */
  peakMegabytes: number
}

const leaseSeconds = 60

async function carryOut(order: SyncOrder): Promise<SyncReport> {
  const { organizationId, directoryId, source, readOnly } = order
  const database = openDatabase({ url: order.databaseUrl })
  const signal = new AbortController().signal
  const claimed = await claimRun(database, { organizationId, directoryId }, { leaseSeconds })
  if (claimed === undefined) throw new Error('There is nothing to claim')
  let sourceSeconds = 0
  const open = async () =>
    madeUpConnector(source, (seconds) => {
      sourceSeconds += seconds
    })
  const started = performance.now()
  const cpuBefore = process.cpuUsage()
  if (readOnly) {
    for await (const _ of readSource({ database, claimed, open, limits: readingLimits, signal }));
  } else {
    const logger = createLogger({ service: 'bench', level: 'warn' })
    const outcome = await runSync({ database, claimed, leaseSeconds, open, logger, signal })
    if (outcome !== 'completed') throw new Error(`The run was ${outcome}`)
  }
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  await database.close()
  return {
    runId: claimed.lease.runId,
    seconds,
    sourceSeconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1_024,
  }
}

process.once('message', (order: SyncOrder) => {
  carryOut(order).then(
    (report) => process.send?.(report, () => process.disconnect()),
    (error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exit(1)
    },
  )
})
