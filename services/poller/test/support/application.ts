import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

type User = Record<string, unknown> & { id: string }

/** A call as it arrived. */
export interface Call {
  headers: Record<string, string>
  text: string
  message: { type: string; id: string; directory: Record<string, unknown>; users: User[] }
}

export interface Application {
  url: string
  calls: Call[]
}

/** What an application answers: a body, or a status, or nothing ever. */
export type Reply = object | number | 'silence'

/** An application on this machine that is asked by hooks; closed with the test. */
export async function openApplication(t: Test, reply: (call: Call) => Reply | Promise<Reply>): Promise<Application> {
  const calls: Call[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const call = { headers: plain(request.headers), text, message: JSON.parse(text) }
    calls.push(call)
    const answer = await reply(call)
    if (answer === 'silence') return
    if (typeof answer === 'number') response.writeHead(answer).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, calls }
}

/** The same about each user. */
export function decideAll({ message }: Call, decide: (user: User) => object): object {
  return { decisions: message.users.map((user) => ({ id: user.id, ...decide(user) })) }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
