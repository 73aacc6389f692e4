import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * When the process with this id was started, in whatever terms the system has: a number that is used again is then told
 * from the process that had it first. Undefined when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ])
    // Fields behind the command, which may hold spaces and brackets; the first is the state (3), the start is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : `${bootId.trim()} ${fields[19]}`
  } catch (error) {
    if (process.platform === 'linux') return undefined
    return readStartTime(pid, error)
  }
}

async function readStartTime(pid: number, cause: unknown): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)])
    return stdout.trim() || undefined
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined
    throw new Error('Cannot look at running processes', { cause })
  }
}
