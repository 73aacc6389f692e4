/**
 * 1,000 users created by one bulk request against 1,000 single POSTs over 16 connections, in the same run, several
 * times in turns; and 10,000 members added to a group by one PATCH, against adding them in steps of 1,000.
 * Run: make bench BENCH=bulk
 */
import { Agent, request } from 'node:http'
import { printTable } from './support/measure.ts'
import { freePort, startServer, stopServer } from './support/processes.ts'
import { sampleUser } from './support/sample-user.ts'
import { createDirectories, type DirectoryAccess } from './support/scim-directories.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

const usersEach = 1_000
const connections = 16
const rounds = 5
const members = 10_000
const pepper = 'p'.repeat(32)
const root = new URL('..', import.meta.url).pathname
const urn = (message: string) => `urn:ietf:params:scim:api:messages:2.0:${message}`

let groupsMade = 0
const agent = new Agent({ keepAlive: true, maxSockets: connections })

/** Sends a request over one of the connections; answers with the text. @throws Error for any other status */
function send(
  url: string,
  method: string,
  { token }: DirectoryAccess,
  body: object,
  expected: number,
): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers }, async (incoming) => {
      let text = ''
      for await (const chunk of incoming.setEncoding('utf8')) text += chunk
      if (incoming.statusCode === expected) resolve(text)
      else reject(new Error(`${method} ${url}: ${incoming.statusCode} ${text.slice(0, 300)}`))
    })
    outgoing.on('error', reject).end(JSON.stringify(body))
  })
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Creates users by bulk; answers with their ids. */
async function createByBulk(base: string, directory: DirectoryAccess): Promise<string[]> {
  const operations = Array.from({ length: usersEach }, (_, at) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `${at}`,
    data: sampleUser(),
  }))
  const text = await send(
    `${base}/Bulk`,
    'POST',
    directory,
    { schemas: [urn('BulkRequest')], Operations: operations },
    200,
  )
  const { Operations } = JSON.parse(text) as { Operations: { status: string; location: string }[] }
  const created = Operations.filter(({ status }) => status === '201')
  if (created.length !== usersEach) throw new Error(`Only ${created.length} users were created`)
  return created.map(({ location }) => location.slice(location.lastIndexOf('/') + 1))
}

async function createOneByOne(base: string, directory: DirectoryAccess): Promise<void> {
  const bodies = Array.from({ length: usersEach }, sampleUser)
  await Promise.all(bodies.map((body) => send(`${base}/Users`, 'POST', directory, body, 201)))
}

/** Makes a group and adds the members in steps of a size; answers with the time that the adding took. */
async function addMembers(
  base: string,
  directory: DirectoryAccess,
  ids: readonly string[],
  step: number,
): Promise<number> {
  const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: `group ${groupsMade++}` }
  const { id } = JSON.parse(await send(`${base}/Groups`, 'POST', directory, group, 201)) as { id: string }
  return milliseconds(async () => {
    for (let at = 0; at < ids.length; at += step) {
      const value = ids.slice(at, at + step).map((member) => ({ value: member }))
      const body = { schemas: [urn('PatchOp')], Operations: [{ op: 'add', path: 'members', value }] }
      await send(`${base}/Groups/${id}`, 'PATCH', directory, body, 204)
    }
  })
}

await withScratchPostgres(async (superuserUrl) => {
  const { databaseUrl, directories } = await createDirectories(superuserUrl, { pepper, organizations: 1 })
  const [directory] = directories as [DirectoryAccess]
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const base = `${origin}${directory.path}`
  const scim = await startServer(
    `${root}services/scim/src/main.ts`,
    { DATABASE_URL: databaseUrl, SCIM_PORT: String(port), MUSTER_TOKEN_PEPPER: pepper, LOG_LEVEL: 'warn' },
    `${origin}/healthz`,
  )
  try {
    await createByBulk(base, directory)
    await createOneByOne(base, directory)
    const [bulk, single, ids]: [number[], number[], string[]] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      bulk.push(await milliseconds(async () => ids.push(...(await createByBulk(base, directory)))))
      single.push(await milliseconds(() => createOneByOne(base, directory)))
    }
    while (ids.length < members) ids.push(...(await createByBulk(base, directory)))
    const atOnce = await addMembers(base, directory, ids.slice(0, members), members)
    const inSteps = await addMembers(base, directory, ids.slice(0, members), 1_000)
    const ratio = median(single) / median(bulk)
    const row = (name: string, took: number, times: number) => [name, `${Math.round(took)} ms`, `× ${times.toFixed(2)}`]
    printTable([
      ['', 'took', 'of its yardstick'],
      row(`${usersEach} users by POST over ${connections} connections`, median(single), 1),
      row(`${usersEach} users by one bulk request`, median(bulk), 1 / ratio),
      row(`${members} members by 10 PATCHes`, inSteps, 1),
      row(`${members} members by one PATCH`, atOnce, atOnce / inSteps),
    ])
    process.stdout.write(`\nBulk creates ${ratio.toFixed(2)} times as many users a second as single POSTs.\n`)
  } finally {
    agent.destroy()
    await stopServer(scim)
  }
})
