import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Stands between a service and Postgres, so that a test can take the database away and give it back. */
export interface DatabaseProxy {
  /** The same database, through the proxy. */
  through(databaseUrl: string): string
  /** Breaks what is open and what opens. */
  cut(): void
  mend(): void
}

export async function startDatabaseProxy(t: Test): Promise<DatabaseProxy> {
  const sockets = new Set<Socket>()
  let target = { host: '', port: 0 }
  let isCut = false
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect(target)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    through: (databaseUrl) => {
      const url = new URL(databaseUrl)
      target = { host: url.hostname, port: Number(url.port) }
      url.hostname = '127.0.0.1'
      url.port = String((server.address() as AddressInfo).port)
      return url.href
    },
    cut,
    mend: () => {
      isCut = false
    },
  }
}
