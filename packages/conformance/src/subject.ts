import { randomBytes } from 'node:crypto'
import type { JsonObject } from '@muster/scim'
import type { Answer } from './answer.ts'
import type { Discovery } from './capabilities.ts'
import { CheckSkipped } from './check-outcome.ts'
import { type RequestOptions, send, type Target } from './connection.ts'
import { Ledger } from './ledger.ts'
import { urns } from './urns.ts'

/** A resource that a check has made. */
export interface Made {
  readonly id: string
  /** Below the base URL. */
  readonly path: string
  /** `userName` or `displayName`: unique, in lower case. */
  readonly name: string
  readonly answer: Answer
}

type Headers = RequestOptions['headers']

/** The server as one check sees it: whatever the check makes has a name of its own and is removed afterwards. */
export class Subject {
  readonly target: Target
  readonly discovery: Discovery
  readonly #signal: AbortSignal
  readonly #ledger = new Ledger()
  /** Part of every name of this check; made of digits and lower-case letters. */
  readonly nonce = randomBytes(5).toString('hex')
  #names = 0

  constructor(target: Target, discovery: Discovery, signal: AbortSignal) {
    this.target = target
    this.discovery = discovery
    this.#signal = signal
  }

  async send(options: RequestOptions): Promise<Answer> {
    const answer = await send(this.target, options, this.#signal)
    this.#ledger.note(answer)
    return answer
  }

  get(path: string, headers?: Headers): Promise<Answer> {
    return this.send({ method: 'GET', path, ...(headers && { headers }) })
  }

  post(path: string, body: unknown, headers?: Headers): Promise<Answer> {
    return this.send({ method: 'POST', path, body, ...(headers && { headers }) })
  }

  put(path: string, body: unknown, headers?: Headers): Promise<Answer> {
    return this.send({ method: 'PUT', path, body, ...(headers && { headers }) })
  }

  delete(path: string, headers?: Headers): Promise<Answer> {
    return this.send({ method: 'DELETE', path, ...(headers && { headers }) })
  }

  patch(path: string, ...operations: JsonObject[]): Promise<Answer> {
    return this.send({ method: 'PATCH', path, body: patchOf(...operations) })
  }

  /** A PATCH that must succeed (200 or 204), and the resource as it is afterwards. */
  async patched(path: string, ...operations: JsonObject[]): Promise<Answer> {
    const answer = await this.patch(path, ...operations)
    answer.is(200, 204)
    return (await this.get(path)).is(200)
  }

  /** A query of an endpoint, its parameters encoded as an address wants them. */
  find(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    return this.get(`${endpoint}?${query.join('&')}`)
  }

  /** A name that nobody else uses, in lower case. */
  unique(label = 'check'): string {
    this.#names += 1
    return `${label}-${this.nonce}-${this.#names}`
  }

  /** The body of a user that any server takes: with what many require beyond `userName`. */
  userBody(more: JsonObject = {}): JsonObject & { userName: string } {
    const userName = `${this.unique('user')}@conformance.test`
    return {
      schemas: [urns.user],
      userName,
      name: { givenName: 'Grace', familyName: 'Hopper' },
      displayName: 'Grace Hopper',
      emails: [{ value: userName, type: 'work', primary: true }],
      active: true,
      ...more,
    }
  }

  async addUser(more: JsonObject = {}): Promise<Made> {
    const body = this.userBody(more)
    return made('/Users', body.userName, await this.post('/Users', body))
  }

  async addGroup(memberIds: readonly string[] = [], more: JsonObject = {}): Promise<Made> {
    const displayName = this.unique('group')
    const members = memberIds.map((value) => ({ value }))
    const body = { schemas: [urns.group], displayName, ...(members.length > 0 && { members }), ...more }
    return made('/Groups', String(body.displayName), await this.post('/Groups', body))
  }

  /** The ids of a group's members, sorted. */
  async memberIds(groupPath: string): Promise<string[]> {
    const answer = (await this.get(groupPath)).is(200)
    const members = answer.at('members')
    return Array.isArray(members) ? members.map((member) => String(Object(member).value)).sort() : []
  }

  skip(reason: string): never {
    throw new CheckSkipped(reason)
  }

  /** Removes what the check has made. Answers with the paths that are still there. */
  async cleanUp(signal: AbortSignal): Promise<string[]> {
    const left: string[] = []
    for (const path of this.#ledger.takeAll()) {
      const status = await send(this.target, { method: 'DELETE', path }, signal).then(
        (answer) => answer.status,
        () => 0,
      )
      if ((status < 200 || status >= 300) && status !== 404) left.push(path)
    }
    return left
  }
}

export function patchOf(...operations: JsonObject[]): JsonObject {
  return { schemas: [urns.patch], Operations: operations }
}

function made(endpoint: string, name: string, answer: Answer): Made {
  const id = answer.is(201).textAt('id')
  return { id, path: `${endpoint}/${encodeURIComponent(id)}`, name, answer }
}
