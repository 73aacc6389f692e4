import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'

export type Json = Record<string, unknown>

export interface Person extends Json {
  id: string
  username: string
  state: string
  managerId: string | null
  groups: { name: string }[]
}

export interface LoggedEvent extends Json {
  sequence: number
  type: string
  data: Json
}

/** An organization of a running installation, asked by its management API as an administrator does. */
export interface StoryOrganization {
  /** `body` is whatever JSON came. Fails the test when an answer holds one of the secrets. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of an answer, matched by whoever asked
  call(method: string, path: string, body?: Json): Promise<{ status: number; body: any }>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get(path: string): Promise<any>
  people(): Promise<Person[]>
  /** How many people are in which state. */
  states(): Promise<{ active: number; inactive: number }>
  lastSequence(): Promise<number>
  eventsSince(sequence: number): Promise<LoggedEvent[]>
  /** Types of events, sorted. */
  typesSince(sequence: number): Promise<string[]>
}

const busyMilliseconds = 250
const busyTurnsMax = 120

/** Makes an organization of its own. @throws when it cannot be made */
export async function addOrganization(
  t: Test,
  { adminUrl, operatorKey }: Record<string, string>,
  { name, secrets }: { name: string; secrets: readonly string[] },
): Promise<StoryOrganization> {
  const ask = async (method: string, path: string, body?: Json) => {
    const request = {
      method,
      headers: { authorization: `Bearer ${operatorKey}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }
    let response = await fetch(`${adminUrl}/api/${path}`, request)
    // A service that is short of processor time says so, also on a machine of tests.
    for (let turn = 0; response.status === 503 && turn < busyTurnsMax; turn++) {
      await delay(busyMilliseconds)
      response = await fetch(`${adminUrl}/api/${path}`, request)
    }
    const text = await response.text()
    const told = secrets.filter((secret) => text.includes(secret))
    t.equal(told.length, 0, `${name}: ${method} ${path} says no secret`)
    return { status: response.status, body: JSON.parse(text || 'null') }
  }
  const made = await ask('POST', 'organizations', { name })
  if (made.status !== 201) throw new Error(`No organization is made: ${JSON.stringify(made.body)}`)
  const call: StoryOrganization['call'] = (method, path, body) =>
    ask(method, `${path}${path.includes('?') ? '&' : '?'}organizationId=${made.body.id}`, body)
  const get: StoryOrganization['get'] = async (path) => (await call('GET', path)).body
  const people = async () => {
    const found: Person[] = []
    for (let after = ''; ; ) {
      const page = await get(`users?limit=200${after}`)
      found.push(...page.data)
      if (page.nextCursor === null) return found
      after = `&after=${page.nextCursor}`
    }
  }
  const count = async (state: string): Promise<number> => (await get(`users/count?state=${state}`)).count
  const eventsSince = async (sequence: number) => {
    const found: LoggedEvent[] = []
    for (;;) {
      const { data } = await get(`events?after=${found.at(-1)?.sequence ?? sequence}&limit=1000`)
      if (data.length === 0) return found
      found.push(...data)
    }
  }
  return {
    call,
    get,
    people,
    states: async () => ({ active: await count('active'), inactive: await count('inactive') }),
    lastSequence: async () => (await get('events?limit=1')).lastSequence,
    eventsSince,
    typesSince: async (sequence) => (await eventsSince(sequence)).map(({ type }) => type).sort(),
  }
}
