import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A message as it arrived. */
export interface Received {
  headers: IncomingHttpHeaders
  body: string
  id: string
  /** What was answered; 0 while nothing is. */
  status: number
}

export interface Receiver {
  url: string
  received: Received[]
  /** Of requests, the most that were open at once. */
  readonly openMax: number
  /** Breaks all connections and listens no more, as when its process is killed. */
  kill(): Promise<void>
  /** Listens again where it did. */
  revive(): Promise<void>
}

/** What an endpoint answers to a message: a status, with a header where one belongs to it. */
export type Answer = number | { status: number; retryAfter: string }

/** A receiver of webhooks on this machine; closed with the test. */
export async function openReceiver(
  t: Test,
  answer: (message: Received) => Answer | Promise<Answer>,
): Promise<Receiver> {
  const received: Received[] = []
  let open = 0
  let openMax = 0
  const handle = async (message: Received, response: ServerResponse) => {
    const answered = await answer(message)
    const { status, retryAfter } = typeof answered === 'number' ? { status: answered, retryAfter: undefined } : answered
    message.status = status
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
    response.writeHead(status).end('thank you')
  }
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      open++
      openMax = Math.max(openMax, open)
      response.on('close', () => open--)
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        const { headers } = request
        const message = {
          headers,
          body: Buffer.concat(chunks).toString(),
          id: String(headers['webhook-id']),
          status: 0,
        }
        received.push(message)
        void handle(message, response)
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const stop = async (server: Server) => {
    server.closeAllConnections()
    if (server.listening) await new Promise((closed) => server.close(closed))
  }
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  t.teardown(() => stop(server))
  return {
    url: `http://127.0.0.1:${port}/hook?key=secret`,
    received,
    get openMax() {
      return openMax
    },
    kill: () => stop(server),
    async revive() {
      server = await listen(port)
    },
  }
}
