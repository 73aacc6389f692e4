import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { acceptsConnections } from './accepts-connections.ts'
import { superuser } from './create-cluster.ts'
import { readKeptValue } from './kept-value.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { isAlive } from './process-life.ts'

/** A postmaster on our cluster whose parent is gone. */
interface Orphan {
  pid: number
  port: number | undefined
}

/**
 * The postmaster that still runs on this cluster, if any. The pid file alone proves nothing: after a crash its number
 * may belong to a stranger, so the process itself must name the cluster on its command line.
 */
export async function findOrphan(cluster: string): Promise<Orphan | undefined> {
  const file = await readPostmasterFile(cluster)
  if (file === undefined) return undefined
  const isOurs = isAlive(file.pid) && (await readCommandLine(file.pid)).includes(cluster)
  if (isOurs) return { pid: file.pid, port: file.port }
  await nameOurselves(cluster)
  return undefined
}

/**
 * Postgres refuses to start while a process of the number in `postmaster.pid` exists, be it a stranger or a zombie that
 * nobody reaps, but knows that its own parent is no rival. Removing the file would also remove its second check, whether sessions of the dead
 * postmaster still use its shared memory.
 */
async function nameOurselves(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^\d+/, String(process.pid)))
}

/**
 * Whether the orphan is what we would start now (same binary, same settings, same port) and takes sessions.
 * `commandFor` answers the command line that we would use on a given port.
 */
export async function isAdoptable(
  cluster: string,
  { port }: Orphan,
  commandFor: (port: number) => string[],
): Promise<boolean> {
  if (port === undefined) return false
  // Postgres writes `binary "argument" "argument"…` there.
  const [binary, ...args] = commandFor(port)
  const expected = [binary, ...args.map((argument) => `"${argument}"`)].join(' ')
  const actual = await readKeptValue(join(cluster, 'postmaster.opts'))
  return actual === expected && (await acceptsConnections(port, superuser))
}

async function readCommandLine(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // No /proc (macOS), or the process has just ended.
    return promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    )
  }
}
