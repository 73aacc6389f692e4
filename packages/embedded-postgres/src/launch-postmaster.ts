import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import type { DataFolder } from './data-folder.ts'
import type { Launch } from './launch.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { stopPostmaster } from './stop-postmaster.ts'

/** Recovery after a crash is part of the start and may read a lot of log. */
const startTimeoutMs = 120_000
const shownLogBytes = 2_000

/**
 * Starts a postmaster in a session of its own, so that a Ctrl-C at the terminal does not reach it before the services
 * have drained, and waits until it takes sessions. Answers its process id.
 * Errors: `unavailable` with the end of its log when it dies or is not ready in time.
 */
export async function launchPostmaster(folder: DataFolder, launch: Launch, command: string[]): Promise<number> {
  const [binary = '', ...args] = command
  const { file, args: launchArgs, options } = launch(binary, args)
  const log = await open(folder.log, 'a', 0o600)
  try {
    const logStart = (await log.stat()).size
    const child = spawn(file, launchArgs, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] })
    await once(child, 'spawn')
    const { pid = 0 } = child
    const deadline = Date.now() + startTimeoutMs
    while (child.exitCode === null && child.signalCode === null) {
      const postmaster = await readPostmasterFile(folder.cluster)
      if (postmaster?.pid === pid && postmaster.ready) return pid
      if (Date.now() >= deadline) {
        await stopPostmaster(pid)
        throw await failure(`was not ready after ${startTimeoutMs / 1000} s`, folder.log, logStart)
      }
      await sleep(10)
    }
    throw await failure('did not start', folder.log, logStart)
  } finally {
    await log.close()
  }
}

async function failure(what: string, logFile: string, logStart: number): Promise<MusterError> {
  const log = await open(logFile, 'r')
  try {
    const { size } = await log.stat()
    const from = Math.max(logStart, size - shownLogBytes)
    const { buffer, bytesRead } = await log.read(Buffer.alloc(size - from), 0, size - from, from)
    const said = buffer.toString('utf8', 0, bytesRead).trim()
    return new MusterError('unavailable', `Postgres ${what}. It said: ${said || 'nothing'} (log: ${logFile})`)
  } finally {
    await log.close()
  }
}
