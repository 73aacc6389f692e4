import { request as httpRequest, type IncomingMessage } from 'node:http'

/** What a resource, a list or an error looks like from outside; only what the tests look at by name. */
export interface ScimBody {
  [name: string]: unknown
  schemas?: string[]
  id?: string
  userName?: string
  displayName?: string
  active?: boolean
  meta?: { resourceType: string; created: string; lastModified: string; location: string; version: string }
  members?: { value: string; type: string; $ref: string; display?: string }[]
  groups?: { value: string; display: string; type: string; $ref: string }[]
  totalResults?: number
  startIndex?: number
  itemsPerPage?: number
  Resources?: ScimBody[]
  scimType?: string
  detail?: string
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The parsed text; an empty object when there is none. */
  body: ScimBody
}

interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
  /** Undefined sends none. */
  token?: string | undefined
}

/** Sends one request, the body as `application/scim+json` unless it is text already, and reads the whole answer. */
export async function call(url: string, method: string, options: CallOptions = {}): Promise<Answer> {
  const { body, token, headers } = options
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parse(text) }
}

/** For what `fetch` would mend before it leaves: addresses that are not valid, methods nobody knows. */
export async function callRaw(
  origin: string,
  options: { method: string; path: string; headers?: Record<string, string> },
): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ ...options, hostname, port }, resolve)
      .on('error', reject)
      .end()
  })
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
  return { status: response.statusCode ?? 0, headers, text, body: parse(text) }
}

/** A provisioning client of one directory: paths are relative to its base URL. */
export class ScimClient {
  readonly baseUrl: string
  readonly token: string

  constructor(baseUrl: string, token: string) {
    this.baseUrl = baseUrl
    this.token = token
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return call(`${this.baseUrl}${path}`, method, { body, headers, token: this.token })
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  /** A list by filter, encoded as most clients do. */
  find(endpoint: string, filter: string, more = ''): Promise<Answer> {
    return this.get(`${endpoint}?filter=${encodeURIComponent(filter)}${more}`)
  }

  patch(path: string, ...operations: unknown[]): Promise<Answer> {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    return this.send('PATCH', path, { schemas, Operations: operations })
  }

  /** Creates a user who is nothing but a userName (and what `more` says); answers with its id. */
  async addUser(userName: string, more: object = {}): Promise<string> {
    return idOf(await this.send('POST', '/Users', { schemas: [urns.user], userName, ...more }))
  }

  async addGroup(displayName: string, memberIds: readonly string[] = []): Promise<string> {
    const members = memberIds.map((value) => ({ value }))
    return idOf(await this.send('POST', '/Groups', { schemas: [urns.group], displayName, members }))
  }

  /** The ids of a group's members, in order of id. */
  async memberIds(groupId: string): Promise<string[]> {
    const { body } = await this.get(`/Groups/${groupId}?attributes=members`)
    return (body.members ?? []).map(({ value }) => value)
  }
}

export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const

function idOf({ status, text, body }: Answer): string {
  if (status === 201 && body.id !== undefined) return body.id
  throw new Error(`Expected a resource to be created, got ${status}: ${text}`)
}

function parse(text: string): ScimBody {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return {}
  }
}
