import { execFile } from 'node:child_process'
import { chmod, chown, lchown, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/runtime/errors'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { readKeptValue } from './kept-value.ts'
import type { Launch } from './launch.ts'

/** The superuser of every cluster made here. */
export const superuser = 'postgres'

const unfinishedPrefix = 'unfinished-'

interface ClusterRequest {
  folder: DataFolder
  binaries: Binaries
  account: Account | undefined
  launch: Launch
  password: string
  durable: boolean
}

/**
 * Makes sure that the data folder holds a complete cluster which these binaries can open. initdb works in a folder
 * beside it that is renamed when it is done, so an interrupted one leaves nothing that looks like a cluster.
 * Answers whether the cluster was created now.
 * Errors: `conflict` for a cluster of another major version, `unavailable` when initdb fails.
 */
export async function ensureCluster(request: ClusterRequest): Promise<boolean> {
  const { folder, binaries, account } = request
  if (await stat(folder.cluster).catch(() => undefined)) {
    await assertVersion(folder.cluster, binaries.major)
    if (account !== undefined) await handOver(folder.cluster, account)
    return false
  }
  await createCluster(request)
  return true
}

async function assertVersion(cluster: string, major: string): Promise<void> {
  const found = await readKeptValue(join(cluster, 'PG_VERSION'))
  if (found === major) return
  throw new MusterError(
    'conflict',
    found === undefined
      ? `${cluster} is not a Postgres cluster (it has no PG_VERSION). Move it away and start again.`
      : `${cluster} was written by Postgres ${found}, but the binaries here are Postgres ${major}. Start it with Postgres ${found} and move the data by dump and restore, or choose another data folder.`,
  )
}

/** Repairs what a copy made by root loses: owner and mode, both of which Postgres insists on. */
async function handOver(cluster: string, { uid, gid }: Account): Promise<void> {
  const { uid: owner } = await stat(cluster)
  if (owner !== uid) {
    const entries = await readdir(cluster, { recursive: true })
    await Promise.all(entries.map((entry) => lchown(join(cluster, entry), uid, gid)))
    await chown(cluster, uid, gid)
  }
  await chmod(cluster, 0o700)
}

async function createCluster({ folder, binaries, account, launch, password, durable }: ClusterRequest): Promise<void> {
  await removeUnfinished(folder.path)
  // A name of its own: an initdb whose parent was killed may still be writing into its folder.
  const workplace = await mkdtemp(join(folder.path, unfinishedPrefix))
  const passwordFile = join(workplace, 'password')
  const unfinishedCluster = join(workplace, 'cluster')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account !== undefined) {
    await chown(passwordFile, account.uid, account.gid)
    await chown(workplace, account.uid, account.gid)
  }
  const command = launch(binaries.initdb, [
    ...['-D', unfinishedCluster, '-U', superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--data-checksums', '--no-instructions'],
    ...(durable ? [] : ['--no-sync']),
  ])
  try {
    await promisify(execFile)(command.file, command.args, command.options)
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string }
    throw new MusterError('unavailable', `initdb could not create a cluster: ${stderr.trim() || message}`, { cause })
  }
  await rename(unfinishedCluster, folder.cluster)
  await syncFolder(folder.path)
  await removeUnfinished(folder.path)
}

async function removeUnfinished(dataDir: string): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith(unfinishedPrefix))
  await Promise.all(names.map((name) => rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 })))
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
