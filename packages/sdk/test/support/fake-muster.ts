import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Group, MusterEvent, User } from '../../src/index.ts'

export interface Asked {
  method: string
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
  body: unknown
}

/** What a request is answered; `headers` alone let the route answer. */
export type Answer = (asked: Asked, response: ServerResponse) => void

/** A management API of events and people in memory, with an answer of its own for any route. */
export interface FakeMuster {
  url: string
  asked: Asked[]
  log: MusterEvent[]
  users: User[]
  groups: Group[]
  /** Events before it are not kept. */
  firstKept: number
  /** Answers of the next requests to a path, first in first out, instead of its own. */
  instead(path: string, ...answers: Answer[]): void
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

export const problem = (status: number, code: string, headers?: Record<string, string>): Answer =>
  json(status, { status, code, detail: `about ${code}` }, headers)

export const dropped: Answer = (_asked, response) => {
  response.destroy()
}

export async function startFakeMuster(t: Test): Promise<FakeMuster> {
  const fake: FakeMuster = { url: '', asked: [], log: [], users: [], groups: [], firstKept: 1, instead }
  const others = new Map<string, Answer[]>()

  function instead(path: string, ...answers: Answer[]): void {
    others.set(path, [...(others.get(path) ?? []), ...answers])
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake')
    const chunks = await request.toArray()
    const text = Buffer.concat(chunks).toString()
    const asked = {
      method: request.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: text && JSON.parse(text),
    }
    fake.asked.push(asked)
    const answer = others.get(pathname)?.shift() ?? routes[pathname]?.(fake) ?? problem(404, 'notFound')
    answer(asked, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return fake
}

const routes: Record<string, (fake: FakeMuster) => Answer> = {
  '/api/events':
    ({ log, firstKept }) =>
    (asked, response) => {
      const { after = '0', limit = '100', types } = asked.query
      if (Number(after) + 1 < firstKept) return problem(410, 'gone')(asked, response)
      const behind = log.filter(
        ({ sequence, type }) => sequence > Number(after) && (types?.split(',').includes(type) ?? true),
      )
      const data = behind.slice(0, Number(limit))
      const nextCursor = behind.length > data.length ? String(data.at(-1)?.sequence) : null
      json(200, { data, nextCursor, lastSequence: log.at(-1)?.sequence ?? 0 })(asked, response)
    },
  '/api/events/snapshot': (fake) => (_asked, response) => {
    response.end(`${snapshotLines(fake).join('\n')}\n`)
  },
  '/api/users':
    ({ users }) =>
    (asked, response) => {
      const { ids, limit = '100' } = asked.query
      const found = users.filter(({ id }) => ids?.split(',').includes(id) ?? true)
      json(200, { data: found.slice(0, Number(limit)), nextCursor: null })(asked, response)
    },
}

export function snapshotLines({ log, users, groups }: FakeMuster): string[] {
  return [
    { kind: 'start', sequence: log.at(-1)?.sequence ?? 0 },
    ...groups.map((group) => ({ kind: 'group', group })),
    ...users.map((user) => ({ kind: 'user', user })),
    { kind: 'end', users: users.length, groups: groups.length },
  ].map((line) => JSON.stringify(line))
}
