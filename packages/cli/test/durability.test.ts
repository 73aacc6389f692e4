import { setTimeout as sleep } from 'node:timers/promises'
import { times } from '@muster/testkit/effort'
import t, { type Test } from 'tap'
import {
  findService,
  makeSite,
  type Running,
  readConnection,
  readPostmaster,
  type Site,
  switchGuardOff,
  up,
} from './support/installation.ts'

const clients = 8
const cycles = times(3, 100)
const loadMilliseconds = 700

interface Acknowledged {
  /** SCIM id → the title that was last acknowledged, or null after an acknowledged DELETE. */
  users: Map<string, string | null>
  /** Writes under way when the processes died: either outcome is right. */
  unsure: Set<string>
}

type Facts = Record<string, string>

function scim(facts: Facts, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${facts.scimBaseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${facts.scimToken}`, 'content-type': 'application/scim+json' },
    ...(body && { body: JSON.stringify(body) }),
  })
}

/** Creates, changes and deletes users until the server is gone, writing down what was acknowledged. */
async function client(facts: Facts, name: string, seen: Acknowledged): Promise<void> {
  for (let turn = 0; ; turn++) {
    const userName = `${name}-${turn}`
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
    const created = await scim(facts, 'POST', '/Users', { schemas, userName, title: 'first' })
    if (created.status !== 201) throw new Error(`create answered ${created.status}`)
    const { id } = (await created.json()) as { id: string }
    seen.users.set(id, 'first')
    seen.unsure.add(id)
    const patch = { Operations: [{ op: 'replace', path: 'title', value: 'second' }] }
    if ((await scim(facts, 'PATCH', `/Users/${id}`, patch)).status === 200) seen.users.set(id, 'second')
    if (turn % 3 === 0 && (await scim(facts, 'DELETE', `/Users/${id}`)).status === 204) seen.users.set(id, null)
    seen.unsure.delete(id)
  }
}

async function killEverything(site: Site, running: Running): Promise<void> {
  const pids = await Promise.all(['scim', 'admin', 'poller'].map((name) => findService(running, name)))
  const postmaster = await readPostmaster(site)
  for (const pid of [...pids, running.child.pid, postmaster]) if (pid) process.kill(pid, 'SIGKILL')
  await running.end
}

async function allEvents(facts: Facts): Promise<Record<string, never>[]> {
  const events: Record<string, never>[] = []
  for (let after = 0; ; ) {
    const query = new URLSearchParams({ organizationId: `${facts.organizationId}`, after: `${after}`, limit: '1000' })
    const answer = await fetch(`${facts.adminUrl}/api/events?${query}`, {
      headers: { authorization: `Bearer ${facts.operatorKey}` },
    })
    const { data } = (await answer.json()) as { data: (Record<string, never> & { sequence: number })[] }
    if (data.length === 0) return events
    events.push(...data)
    after = data.at(-1)?.sequence ?? after
  }
}

/** SCIM id → title of everybody that the server has. */
async function storedTitles(facts: Facts): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for (let total = 1; titles.size < total; ) {
    const query = `startIndex=${titles.size + 1}&count=1000&attributes=title`
    const page = (await (await scim(facts, 'GET', `/Users?${query}`)).json()) as {
      totalResults: number
      Resources: { id: string; title: string }[]
    }
    for (const { id, title } of page.Resources) titles.set(id, title)
    total = page.totalResults
  }
  return titles
}

/** Everything acknowledged is there, and the event log says the same as the state. */
async function compare(t: Test, facts: Facts, seen: Acknowledged): Promise<void> {
  const lost: string[] = []
  const stored = await storedTitles(facts)
  for (const [id, title] of seen.users) {
    const found = stored.get(id) ?? null
    if (found !== title && !seen.unsure.has(id)) lost.push(`${id}: ${title} acknowledged, ${found} found`)
  }
  t.same(lost, [], `all of ${seen.users.size} acknowledged users are as acknowledged`)

  const events = (await allEvents(facts)) as unknown as LoggedEvent[]
  t.same(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
    `${events.length} events without a gap`,
  )
  const told = new Map<string, string | null>()
  for (const { type, data } of events) {
    if (type === 'directory.user.synced') told.set(data.user.username, data.rawAttributes?.title ?? null)
    if (type === 'directory.user.deleted') told.set(data.user.username, null)
  }
  t.equal([...told.values()].filter((title) => title !== null).length, stored.size, 'events and state agree on who is')
}

interface LoggedEvent {
  sequence: number
  type: string
  data: { user: { username: string }; rawAttributes?: { title?: string } }
}

t.test('#84 what was acknowledged is there after kill -9 of every process', async (t) => {
  const site = await makeSite(t)
  const seen: Acknowledged = { users: new Map(), unsure: new Set() }
  for (let cycle = 0; cycle < cycles; cycle++) {
    const running = await up(t, site)
    const facts = await readConnection(site)
    await switchGuardOff(facts)
    await compare(t, facts, seen)
    const load = Array.from({ length: clients }, (_, at) =>
      client(facts, `c${cycle}-${at}`, seen).catch(() => undefined),
    )
    await sleep(loadMilliseconds)
    await killEverything(site, running)
    await Promise.all(load)
  }
  const last = await up(t, site)
  t.ok(seen.users.size > cycles * clients, `${seen.users.size} users were created`)
  await compare(t, await readConnection(site), seen)
  last.child.kill('SIGTERM')
  t.match(await last.end, { code: 0 })
})
