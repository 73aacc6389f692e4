import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies where in the data folder of an installation. */
export interface DataFolder {
  path: string
  /** Data folder of the embedded Postgres. */
  postgres: string
  logs: string
  /** Compiled code, so that the next start loads faster; may be removed at any time. */
  compileCache: string
  secrets: string
  connection: string
  /** What `muster listen` signs with. */
  listening: string
  lock: string
}

/** Creates the folder (0700) when it is missing and lays out its paths. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = await realpath(dataDir)
  const logs = join(path, 'logs')
  await mkdir(logs, { recursive: true, mode: 0o700 })
  return {
    path,
    logs,
    compileCache: join(path, 'compile-cache'),
    postgres: join(path, 'postgres'),
    secrets: join(path, 'secrets.json'),
    connection: join(path, 'connection.json'),
    listening: join(path, 'listening.json'),
    lock: join(path, 'lock.json'),
  }
}
