import { once } from 'node:events'
import { connect } from 'node:net'
import { loopback } from './port.ts'

const protocolVersion = 3 << 16
const timeoutMs = 2_000

/**
 * Whether a Postgres on this port takes sessions: it answers a start-up message by asking for a password. One that is
 * starting, stopping or no Postgres at all answers something else or nothing.
 * Source: PostgreSQL frontend/backend protocol, "Start-up".
 */
export async function acceptsConnections(port: number, user: string): Promise<boolean> {
  const socket = connect({ port, host: loopback })
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timeout')))
  try {
    socket.write(startupMessage(user))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString('latin1', 0, 1) === 'R'
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function startupMessage(user: string): Buffer {
  const parameters = Buffer.from(`user\0${user}\0database\0${user}\0\0`)
  const header = Buffer.alloc(8)
  header.writeInt32BE(header.length + parameters.length, 0)
  header.writeInt32BE(protocolVersion, 4)
  return Buffer.concat([header, parameters])
}
