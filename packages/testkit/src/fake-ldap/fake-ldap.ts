import { createServer, type Socket } from 'node:net'
import { FakeConnection } from './fake-connection.ts'
import type { FakeEvent } from './fake-fault.ts'
import { type FakeLdapOptions, FakeServer } from './fake-server.ts'
import type { FakeTree } from './fake-tree.ts'

export interface FakeLdap {
  host: string
  port: number
  tree: FakeTree
  /** What goes wrong from now on, in place of what was said before. */
  script(...events: FakeEvent[]): void
  /** Paged searches since the last script. */
  searches(): number
  /** How often something went wrong since the last script. */
  struck(): number
  connectionsOpen(): number
  /** How often StartTLS was accepted. */
  startTlsAccepted(): number
  /** Another domain controller answers from now on. */
  becomeController(name: string): void
  close(): Promise<void>
}

/** Starts an LDAP server on a port of the loopback that does what real ones do only on bad days. */
export async function startFakeLdap(options: FakeLdapOptions): Promise<FakeLdap> {
  const server = new FakeServer(options)
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new FakeConnection(server, socket)
  })
  const host = '127.0.0.1'
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  listener.once('error', reject).listen(0, host, resolve)
  await promise
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the fake LDAP server has no port')
  return {
    host,
    port: address.port,
    tree: server.tree,
    script: (...events) => server.script(events),
    searches: () => server.searches,
    struck: () => server.struck,
    connectionsOpen: () => sockets.size,
    startTlsAccepted: () => server.startTlsAccepted,
    becomeController: (name) => {
      server.invocationId = name
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((closed) => void listener.close(() => closed()))
    },
  }
}
