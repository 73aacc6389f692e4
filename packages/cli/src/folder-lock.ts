import { link, rename, rm } from 'node:fs/promises'
import { MusterError } from '@muster/runtime/errors'
import type { DataFolder } from './data-folder.ts'
import { readPrivateJson, writePrivateJson } from './private-file.ts'
import { processIdentity } from './process-identity.ts'

interface FolderLock {
  /** True when the process that held the folder before was killed: what it started may still be about to end. */
  followsCrash: boolean
  release(): Promise<void>
}

/**
 * Takes the data folder for this process. A lock that a killed process left behind is replaced.
 * Throws `conflict`, naming the process that holds the folder.
 */
export async function lockFolder(folder: DataFolder): Promise<FolderLock> {
  const identity = await processIdentity(process.pid)
  const claim = `${folder.lock}.${process.pid}`
  await writePrivateJson(claim, { pid: String(process.pid), identity })
  try {
    const followsCrash = await removeStaleLock(folder, claim)
    // A link is made complete or not at all, and only where there is nothing yet.
    await link(claim, folder.lock).catch((cause) => {
      throw new MusterError('conflict', `${folder.path} has just been taken by another process.`, { cause })
    })
    return { followsCrash, release: () => rm(folder.lock, { force: true }) }
  } finally {
    await rm(claim, { force: true })
  }
}

async function removeStaleLock(folder: DataFolder, claim: string): Promise<boolean> {
  const lock = await readPrivateJson(folder.lock, ['pid', 'identity'])
  if (lock === undefined) return false
  if ((await processIdentity(Number(lock.pid))) === lock.identity) {
    throw new MusterError(
      'conflict',
      `${folder.path} is in use by process ${lock.pid}. Stop that one first, or choose another folder (MUSTER_DATA_DIR).`,
    )
  }
  const stale = `${claim}.stale`
  await rename(folder.lock, stale)
  await rm(stale)
  return true
}
