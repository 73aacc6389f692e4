import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeDeed, FakeFault } from './fake-fault.ts'
import { type FakeAnswer, type FakeRequest, readRequest } from './fake-request.ts'

export interface FakeHttp {
  /** `http://127.0.0.1:port` */
  origin: string
  host: string
  port: number
  /** What was asked for so far: method and path with its query, in order. */
  asked: readonly string[]
  /** Requests that are under way. */
  requestsOpen(): number
  /** From now on this goes wrong, and what was scripted before does not any more. Without one everything is well. */
  script(fault?: FakeFault): Promise<void>
  /** How often the fault has struck. */
  struck(): number
  close(): Promise<void>
}

interface FakeHttpOptions {
  /** The true answer. What it throws fails the request with 500. */
  answer(request: FakeRequest): FakeAnswer | Promise<FakeAnswer>
  /** Whether a request is one for data, that a fault may strike. */
  isPlace(request: FakeRequest): boolean
}

/** A server on the loopback that speaks a vendor's HTTP, with faults on demand. */
export async function startFakeHttp({ answer, isPlace }: FakeHttpOptions): Promise<FakeHttp> {
  const asked: string[] = []
  let fault: FakeFault | undefined
  let [places, struck, open] = [0, 0, 0]
  const server = createServer((message, response) => {
    open++
    response.once('close', () => open--)
    serve(message, response).catch((error: unknown) => send(response, { status: 500, body: String(error) }))
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message, origin)
    asked.push(`${request.method} ${request.path}${request.query.size > 0 ? `?${request.query}` : ''}`)
    const strikes = isPlace(request) && isStruck()
    if (!strikes || fault === undefined) return send(response, await answer(request))
    struck++
    await misbehave(fault.does, request, response)
  }
  function isStruck(): boolean {
    if (fault === undefined) return false
    places++
    return fault.onwards ? places >= fault.at : places === fault.at
  }
  async function misbehave(does: FakeDeed, request: FakeRequest, response: ServerResponse): Promise<void> {
    if (does === 'hang') return
    if (does === 'reset') response.socket?.destroy()
    else if (does === 'gone') {
      server.close()
      server.closeAllConnections()
    } else if (does === 'truncate') sendHalf(response, await answer(request))
    else send(response, typeof does === 'function' ? does(await answer(request), request) : does)
  }
  return {
    origin,
    host: '127.0.0.1',
    port,
    asked,
    requestsOpen: () => open,
    struck: () => struck,
    script: async (next) => {
      fault = next
      places = 0
      struck = 0
      if (!server.listening) await listen(port)
    },
    close: async () => {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function send(response: ServerResponse, answer: FakeAnswer): void {
  const { status, headers, text } = written(answer)
  response.writeHead(status, headers).end(text)
}

/** Promises more than comes. */
function sendHalf(response: ServerResponse, answer: FakeAnswer): void {
  const { status, headers, text } = written(answer)
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text) + 10) })
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy())
}

function written({ status = 200, headers = {}, body = '' }: FakeAnswer) {
  const isText = typeof body === 'string'
  const text = isText ? body : JSON.stringify(body)
  const type = isText ? {} : { 'content-type': 'application/json; charset=utf-8' }
  // 1xx, 204 and 304 have no body (RFC 9110 §6.4.1).
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  return { status, headers: { ...type, ...length, ...headers }, text }
}
