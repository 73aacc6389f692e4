import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@muster/embedded-postgres'

/** A durable Postgres of its own for one benchmark; stopped and removed afterwards, whatever happens. */
export async function withScratchPostgres<T>(work: (superuserUrl: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  const postgres = await startPostgres({ dataDir, log: { info: () => undefined, warn: () => undefined } })
  try {
    return await work(postgres.superuserUrl)
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
