import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process of this id runs, whoever owns it. One that is dead but not yet reaped does not. */
export function isAlive(pid: number): boolean {
  return sendSignal(pid, 0) && !isZombie(pid)
}

// In a container, process 1 may never reap what it inherits. Elsewhere than on Linux there is no such file.
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.startsWith('Z', stat.lastIndexOf(')') + 2)
  } catch {
    return false
  }
}

/** Sends a signal (0 only asks); false when there is no such process any more. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return false
    if (code === 'EPERM' && signal === 0) return true
    throw error
  }
}

/** Waits until the process is gone; false when it still is there after the timeout. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isAlive(pid)) {
    if (Date.now() >= deadline) return false
    await sleep(20)
  }
  return true
}

/** Resolves when the process is gone. Until then it keeps our own process running, as a child process would. */
export async function watchEnd(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(100)
}
