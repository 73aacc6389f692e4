import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server on the loopback that counts its connections and can be cut. */
export interface TcpProxy {
  port: number
  open(): number
  /** Ends the connection that goes beyond so many bytes of answers. */
  cutAfter(bytes: number): void
  close(): void
}

export async function openProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Socket>()
  let bytesLeft = Number.POSITIVE_INFINITY
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    pairs.add(near)
    near.on('error', () => undefined).on('close', () => pairs.delete(near) && far.destroy())
    far.on('error', () => undefined).on('close', () => near.destroy())
    near.pipe(far)
    far.on('data', (chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft > 0) near.write(chunk)
      else near.destroy()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    open: () => pairs.size,
    cutAfter: (bytes) => {
      bytesLeft = bytes
    },
    close: () => {
      for (const socket of pairs) socket.destroy()
      server.close()
    },
  }
}
