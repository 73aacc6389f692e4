import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Target } from '../src/target.ts'
import { typeId } from '../src/type-id.ts'

export interface DoubleAnswer {
  status: number
  headers: Record<string, string>
  body?: Record<string, unknown> | string
}

export interface DoubleRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body?: Record<string, unknown>
}

export interface LoggedChange {
  id: string
  type: string
  timestamp: string
  organizationId: string
  directoryId: string
  sequence: number
  cause: { kind: string; id: string }
  data: Record<string, unknown>
}

/** Where a test may put a fault: into an answer of either API, or into the log before it is shown. */
export interface Faults {
  answer?: (request: DoubleRequest, answer: DoubleAnswer) => DoubleAnswer | undefined
  log?: (events: LoggedChange[]) => LoggedChange[]
}

interface Group {
  id: string
  displayName: string
  members: string[]
}

const organizationId = 'org_1'
const directoryId = 'directory_1'
const eventsPerPage = 2

/** A directory in memory with both its APIs, just large enough to be told about, and lied to, by a transcript. */
class Directory {
  readonly users = new Map<string, Record<string, unknown> & { id: string }>()
  readonly groups = new Map<string, Group>()
  readonly events: LoggedChange[] = []

  append(type: string, data: Record<string, unknown>): void {
    const sequence = this.events.length + 1
    const cause = { kind: 'scim', id: `request_${sequence}` }
    const timestamp = new Date().toISOString()
    this.events.push({ id: `event_${sequence}`, type, timestamp, organizationId, directoryId, sequence, cause, data })
  }

  createUser(body: Record<string, unknown>): DoubleAnswer {
    const user = { ...body, id: crypto.randomUUID(), active: true }
    this.users.set(user.id, user)
    this.append('directory.user.created', { user: this.person(user.id), directory: { id: directoryId } })
    return scim(201, user, { location: `http://double.test/Users/${user.id}` })
  }

  deactivate(id: string): DoubleAnswer {
    const user = { ...this.users.get(id), id, active: false }
    this.users.set(id, user)
    this.append('directory.user.deactivated', { user: this.person(id), directory: { id: directoryId } })
    return scim(200, user)
  }

  createGroup(body: Record<string, unknown>): DoubleAnswer {
    const group = { id: crypto.randomUUID(), displayName: String(body.displayName), members: [] }
    this.groups.set(group.id, group)
    this.append('directory.group.created', { group: shownGroup(group), directory: { id: directoryId } })
    return scim(201, { ...group })
  }

  changeMembers(group: Group, op: string, ids: string[]): DoubleAnswer {
    const removes = op === 'Remove'
    const others = group.members.filter((member) => !ids.includes(member))
    group.members = removes ? others : [...others, ...ids]
    const userIds = ids.map((id) => this.person(id).id)
    const type = `directory.group.user_${removes ? 'removed' : 'added'}`
    this.append(type, { group: shownGroup(group), directory: { id: directoryId }, userIds })
    return { status: 204, headers: {} }
  }

  person(id: string) {
    const user = this.users.get(id)
    return { id: `user_${id}`, username: user?.userName, state: user?.active ? 'active' : 'inactive' }
  }
}

/** Starts the double for one test and returns where to play. `received` collects what was sent to it. */
export async function startDouble(t: Test, faults: Faults = {}) {
  const directory = new Directory()
  const received: DoubleRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming)
    received.push(request)
    const plain = request.url.startsWith('/api/') ? manage(directory, request, faults) : provision(directory, request)
    const answer = faults.answer ? faults.answer(request, plain) : plain
    if (answer === undefined) return
    outgoing.writeHead(answer.status, answer.headers)
    outgoing.end(typeof answer.body === 'string' ? answer.body : answer.body && JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const target = {
    scimBaseUrl: `${origin}/scim/1/v2/`,
    token: 'scim-token',
    events: { adminUrl: origin, key: 'admin-key', organizationId, directoryId },
    requestTimeoutMs: 2_000,
  } satisfies Target
  return { target, directory, received }
}

function provision(directory: Directory, { method, url, body = {} }: DoubleRequest): DoubleAnswer {
  const { pathname, searchParams } = new URL(url, 'http://double.test')
  const [, , , , collection, id = ''] = pathname.split('/')
  const group = directory.groups.get(id)
  if (method === 'POST') return collection === 'Users' ? directory.createUser(body) : directory.createGroup(body)
  if (method === 'PATCH' && group) {
    const [{ op, value }] = body.Operations as [{ op: string; value: { value: string }[] }]
    return directory.changeMembers(
      group,
      op,
      value.map((member) => member.value),
    )
  }
  if (method === 'PATCH' && directory.users.has(id)) return directory.deactivate(id)
  if (searchParams.has('filter')) {
    const found = [...directory.users.values()].filter(({ userName }) =>
      searchParams.get('filter')?.includes(`"${userName}"`),
    )
    return scim(200, { totalResults: found.length, Resources: found })
  }
  if (group) return scim(200, { ...group, members: group.members.map((value) => ({ value, type: 'User' })) })
  const user = directory.users.get(id)
  return user ? scim(200, user) : scim(404, { status: '404' })
}

function manage(directory: Directory, { url }: DoubleRequest, faults: Faults): DoubleAnswer {
  const { pathname, searchParams } = new URL(url, 'http://double.test')
  const userId = /^\/api\/users\/user_(.+)$/.exec(pathname)?.[1]
  if (userId) return { ...scim(200, directory.person(userId)), headers: { 'content-type': 'application/json' } }
  const after = Number(searchParams.get('after'))
  const events = (faults.log?.([...directory.events]) ?? directory.events).slice(after)
  const data = events.slice(0, eventsPerPage)
  const nextCursor = events.length > eventsPerPage ? String(after + eventsPerPage) : null
  return { status: 200, headers: { 'content-type': 'application/json' }, body: { data, nextCursor } }
}

function scim(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}): DoubleAnswer {
  return { status, headers: { 'content-type': 'application/scim+json; charset=utf-8', ...headers }, body }
}

function shownGroup({ id, displayName }: Group) {
  return { id: typeId('group', id), name: displayName }
}

async function read(incoming: IncomingMessage): Promise<DoubleRequest> {
  const { method = '', url = '', headers } = incoming
  let text = ''
  for await (const chunk of incoming) text += chunk
  return { method, url, headers, ...(text !== '' && { body: JSON.parse(text) }) }
}
