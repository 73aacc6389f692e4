import { once } from 'node:events'
import { createServer } from 'node:net'
import { MusterError } from '@muster/runtime/errors'
import { readKeptValue } from './kept-value.ts'

/** Postgres listens here and nowhere else. */
export const loopback = '127.0.0.1'

/**
 * The TCP port to listen on: the requested one, else the one kept in `file` if nobody uses it, else a free one.
 * Errors: `conflict` when the requested port is in use.
 */
export async function choosePort(file: string, requested: number | undefined): Promise<number> {
  if (requested !== undefined) {
    if (await findFreePort(requested)) return requested
    throw new MusterError('conflict', `Port ${requested} on ${loopback}, which Postgres is to use, is taken.`)
  }
  const kept = Number(await readKeptValue(file))
  const port = (kept > 0 && (await findFreePort(kept))) || (await findFreePort(0))
  if (port) return port
  throw new MusterError('unavailable', `There is no free port on ${loopback} for Postgres.`)
}

/** Binds the port for a moment (0: any); undefined when that is not possible. */
async function findFreePort(port: number): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(port, loopback)
    await once(server, 'listening')
    const address = server.address()
    return address !== null && typeof address === 'object' ? address.port : undefined
  } catch {
    return undefined
  } finally {
    server.close()
  }
}
