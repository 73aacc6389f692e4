import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Target } from '../src/index.ts'

interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
}

/** What a test makes the server do instead; undefined leaves it as it is, `'silence'` is no answer at all. */
type Fault = (asked: Asked, reply: Reply) => Reply | 'silence' | undefined

interface Faulty {
  target: Target
  /** What is on the server now. */
  users: Map<string, Record<string, unknown>>
  deletions: string[]
}

const token = 'a-token-that-no-report-may-show'
const config = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: false },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: false, maxResults: 0 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Token', description: 'A token' }],
}

/** A SCIM server in memory with users and little else, and with the fault of a test. */
export async function startFaulty(t: Test, fault: Fault = () => undefined): Promise<Faulty> {
  const users = new Map<string, Record<string, unknown>>()
  const deletions: string[] = []
  const server = createServer(async (request, response) => {
    const asked = await read(request)
    const isKnown = request.headers.authorization === `Bearer ${token}`
    const right = isKnown ? answer(asked, users, deletions) : error(401, { 'www-authenticate': 'Bearer' })
    const reply = fault(asked, right) ?? right
    if (reply === 'silence') return
    response.writeHead(reply.status, { 'content-type': 'application/scim+json', ...reply.headers })
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { target: { baseUrl: `http://127.0.0.1:${port}/scim/v2/`, token }, users, deletions }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local')
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const path = pathname.replace('/scim/v2', '')
  return { method: request.method ?? '', path, query: searchParams, body: text.startsWith('{') ? parse(text) : {} }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function answer({ method, path, body }: Asked, users: Faulty['users'], deletions: string[]): Reply {
  const id = /^\/Users\/([^/]+)$/.exec(path)?.[1] ?? ''
  const user = users.get(id)
  if (path === '/ServiceProviderConfig') return { status: 200, body: config }
  if (path === '/Users' && method === 'POST') {
    const isTaken = [...users.values()].some(({ userName }) => userName === body.userName)
    if (isTaken) return error(409, {}, 'uniqueness')
    const made = { ...body, id: crypto.randomUUID() }
    users.set(made.id, made)
    return { status: 201, body: made, headers: { location: `http://local/scim/v2/Users/${made.id}` } }
  }
  if (path === '/Users') return { status: 200, body: list([...users.values()]) }
  if (user === undefined) return error(404)
  if (method === 'DELETE') {
    users.delete(id)
    deletions.push(id)
    return { status: 204 }
  }
  return { status: 200, body: user }
}

function list(resources: unknown[]) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  return { schemas, totalResults: resources.length, Resources: resources }
}

function error(status: number, headers: Record<string, string> = {}, scimType?: string): Reply {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, headers, body: { schemas, status: String(status), ...(scimType && { scimType }) } }
}
