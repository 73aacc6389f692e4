import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies where in the data folder. */
export interface DataFolder {
  path: string
  /** The cluster (PGDATA); it exists only when initdb has completed. */
  cluster: string
  password: string
  port: string
  log: string
}

/** Creates the folder (0700) when it is missing and lays out the paths in it, with symbolic links resolved. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = await realpath(dataDir)
  return {
    path,
    cluster: join(path, 'cluster'),
    password: join(path, 'superuser-password'),
    port: join(path, 'port'),
    log: join(path, 'postgres.log'),
  }
}
