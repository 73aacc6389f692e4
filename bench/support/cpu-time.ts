import { readdir, readFile } from 'node:fs/promises'

/** Ticks of the clock that Linux counts process times in. */
const ticksPerSecond = 100

/**
 * Seconds of CPU that a process and its children have used, those that have ended included (Linux). Unlike throughput
 * it does not depend on what else the machine does.
 */
export async function cpuSeconds(pid: number): Promise<number> {
  const numbers = (await readdir('/proc')).map(Number).filter((candidate) => candidate > 0)
  const all = await Promise.all(numbers.map(readTimes))
  return all.reduce((sum, times) => {
    if (times?.pid === pid) return sum + times.own + times.ended
    return times?.parent === pid ? sum + times.own : sum
  }, 0)
}

export async function parentOf(pid: number): Promise<number> {
  return (await readTimes(pid))?.parent ?? 0
}

/** Undefined when the process is gone. */
async function readTimes(
  pid: number,
): Promise<{ pid: number; parent: number; own: number; ended: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name before it may hold spaces: state, parent, …, utime, stime, cutime, cstime.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [utime, stime, cutime, cstime] = fields.slice(11, 15)
  if (text === '' || utime === undefined || stime === undefined) return undefined
  const seconds = (ticks: number) => ticks / ticksPerSecond
  return { pid, parent: fields[1] ?? 0, own: seconds(utime + stime), ended: seconds((cutime ?? 0) + (cstime ?? 0)) }
}
