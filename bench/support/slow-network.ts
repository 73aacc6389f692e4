import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Puts a network of some length in front of a database on this machine: every byte arrives that much later. */
export async function withLatency<T>(
  url: string,
  oneWayMilliseconds: number,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const target = new URL(url)
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined)
    delayed(near, far, oneWayMilliseconds)
    delayed(far, near, oneWayMilliseconds)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const through = new URL(url)
  through.port = String(typeof address === 'object' && address !== null ? address.port : '')
  try {
    return await work(through.href)
  } finally {
    server.close()
  }
}

function delayed(from: Socket, to: Socket, milliseconds: number): void {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), milliseconds))
  from.on('end', () => setTimeout(() => to.end(), milliseconds))
}
