import { join } from 'node:path'
import { readKeptValue } from './kept-value.ts'

/** What a postmaster says about itself in `postmaster.pid`; it writes the file line by line while it starts. */
interface PostmasterFile {
  pid: number
  port: number | undefined
  ready: boolean
}

// Line numbers of the file, from 0 (LOCK_FILE_LINE_* in Postgres' miscadmin.h).
const line = { pid: 0, port: 3, status: 7 } as const

/** Reads the cluster's `postmaster.pid`; undefined without one. A killed postmaster leaves it behind. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readKeptValue(join(cluster, 'postmaster.pid'))
  if (text === undefined) return undefined
  const lines = text.split('\n').map((entry) => entry.trim())
  const pid = Number(lines[line.pid])
  const port = Number(lines[line.port])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: port > 0 ? port : undefined, ready: lines[line.status] === 'ready' }
}
