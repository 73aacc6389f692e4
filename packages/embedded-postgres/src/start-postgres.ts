import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import { type Account, chooseAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { ensureCluster, superuser } from './create-cluster.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { keepValue, readKeptValue } from './kept-value.ts'
import { findLaunch, type Launch } from './launch.ts'
import { launchPostmaster } from './launch-postmaster.ts'
import { findOrphan, isAdoptable } from './orphan.ts'
import { choosePort, loopback } from './port.ts'
import { sendSignal, watchEnd } from './process-life.ts'
import { type ServerSettings, serverArguments } from './server-settings.ts'
import { stopPostmaster } from './stop-postmaster.ts'

/** Where the start reports what it does; a pino logger fits. */
export interface StartLog {
  info(message: string): void
  warn(message: string): void
}

export interface StartOptions {
  /** Folder for the cluster and what belongs to it; created (0700) when missing. One caller at a time. */
  dataDir: string
  /** TCP port on 127.0.0.1. Default: the one of last time if free, else any free one. */
  port?: number
  /** Folder with `postgres` and `initdb`, Postgres 15 or later. Default: the binaries from npm. */
  binDir?: string
  /** Server settings by their Postgres names, beside the defaults. Durability and access cannot be set here. */
  settings?: ServerSettings
  /** False trades crash safety for speed: only for clusters that are thrown away. Default true. */
  durable?: boolean
  log: StartLog
}

export interface RunningPostgres {
  host: typeof loopback
  port: number
  /** As Postgres prints it, e.g. `18.4`. */
  version: string
  /** For provisioning roles and databases; carries the superuser's password. */
  superuserUrl: string
  /** True when a postmaster left behind by a killed parent was taken over. */
  adopted: boolean
  /** Resolves when the postmaster has ended, whoever ended it. */
  exited: Promise<void>
  /** Ends sessions, writes a checkpoint, waits for the end; aborts after 20 s. May be called again. */
  stop(): Promise<void>
  /** Cuts every session off and does not wait. The next start recovers; no acknowledged write is lost. */
  kill(): void
}

interface Preparation {
  folder: DataFolder
  binaries: Binaries
  launch: Launch
  options: StartOptions
}

/**
 * Starts a real Postgres on a data folder, creating the cluster at the first start, as an ordinary user or as root
 * (then under an unprivileged account). A postmaster that a killed parent left behind is adopted when it is just what
 * would be started now, else stopped and replaced.
 *
 * Errors (`MusterError`): `unavailable` when it cannot run here, with the reason and ways out; `conflict` for a taken
 * port or a cluster of another major version; `badRequest` for settings that are not the caller's to choose.
 */
export async function startPostgres(options: StartOptions): Promise<RunningPostgres> {
  const folder = await openDataFolder(options.dataDir)
  const [binaries, account] = await Promise.all([findBinaries(options.binDir), chooseAccount(folder.cluster)])
  const launch = await findLaunch({ account, folder: folder.path, postgres: binaries.postgres })
  const password = await ensurePassword(folder)
  await prepareCluster({ folder, binaries, launch, options }, account, password)
  const { pid, port, adopted } = await runPostmaster({ folder, binaries, launch, options })
  await keepValue(folder.port, String(port))
  let stopping: Promise<void> | undefined
  return {
    host: loopback,
    port,
    version: binaries.version,
    superuserUrl: `postgres://${superuser}:${password}@${loopback}:${port}/${superuser}`,
    adopted,
    exited: watchEnd(pid),
    stop() {
      stopping ??= stopPostmaster(pid)
      return stopping
    },
    kill() {
      sendSignal(pid, 'SIGQUIT')
    },
  }
}

async function ensurePassword(folder: DataFolder): Promise<string> {
  const kept = await readKeptValue(folder.password)
  if (kept) return kept
  if (await stat(folder.cluster).catch(() => undefined)) {
    throw new MusterError(
      'unavailable',
      `${folder.password}, which opens the cluster beside it, is missing. Restore it from a backup, or move the data folder away and start anew.`,
    )
  }
  const password = randomBytes(24).toString('base64url')
  await keepValue(folder.password, password)
  return password
}

async function prepareCluster(
  { folder, binaries, launch, options }: Preparation,
  account: Account | undefined,
  password: string,
): Promise<void> {
  const durable = options.durable ?? true
  const created = await ensureCluster({ folder, binaries, account, launch, password, durable })
  if (created) options.log.info(`Created a Postgres ${binaries.major} cluster in ${folder.cluster}`)
}

async function runPostmaster(preparation: Preparation): Promise<{ pid: number; port: number; adopted: boolean }> {
  const { folder, binaries, launch, options } = preparation
  const commandFor = (port: number) => [
    binaries.postgres,
    ...serverArguments(folder.cluster, port, options.durable ?? true, options.settings ?? {}),
  ]
  const orphan = await findOrphan(folder.cluster)
  if (orphan !== undefined) {
    const wanted = options.port === undefined || options.port === orphan.port
    if (wanted && orphan.port !== undefined && (await isAdoptable(folder.cluster, orphan, commandFor))) {
      options.log.info(`Took over the Postgres (process ${orphan.pid}) that an earlier start left running`)
      return { pid: orphan.pid, port: orphan.port, adopted: true }
    }
    options.log.warn(`Stopping the Postgres (process ${orphan.pid}) that an earlier start left running`)
    await stopPostmaster(orphan.pid)
  }
  return { ...(await launchOnFreePort(folder, launch, options.port, commandFor)), adopted: false }
}

const retryMs = { within: 10_000, pause: 200 } as const

/**
 * What a postmaster says when a second try can go well: somebody took the free port between our look and its bind, or
 * sessions of a killed predecessor are about to end.
 */
const passingFailures = ['could not bind', 'shared memory block']

async function launchOnFreePort(
  folder: DataFolder,
  launch: Launch,
  requested: number | undefined,
  commandFor: (port: number) => string[],
): Promise<{ pid: number; port: number }> {
  const deadline = Date.now() + retryMs.within
  for (;;) {
    const port = await choosePort(folder.port, requested)
    try {
      return { pid: await launchPostmaster(folder, launch, commandFor(port)), port }
    } catch (error) {
      const passes = error instanceof MusterError && passingFailures.some((text) => error.detail.includes(text))
      if (!passes || Date.now() >= deadline) throw error
      await sleep(retryMs.pause)
    }
  }
}
