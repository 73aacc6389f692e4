/**
 * SCIM requests against a bare Fastify handler with one statement, side by side in one run (budgets W1, W2, W4).
 * Run: make bench BENCH=scim
 */
import autocannon from 'autocannon'
import { printTable } from './support/measure.ts'
import { freePort, startServer, stopServer } from './support/processes.ts'
import { sampleUser } from './support/sample-user.ts'
import { createDirectories, type DirectoryAccess } from './support/scim-directories.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

const connections = 16
const secondsEach = 5
const pepper = 'p'.repeat(32)
const root = new URL('..', import.meta.url).pathname

interface Load {
  method: 'GET' | 'POST' | 'PATCH'
  url: string
  headers: Record<string, string>
  path: () => { path: string; headers?: Record<string, string>; body?: string }
}

async function perSecond({ method, url, headers, path }: Load): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: secondsEach,
    requests: [
      {
        method,
        setupRequest: (request) => {
          const next = path()
          return { ...request, ...next, headers: { ...headers, ...next.headers } }
        },
      },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.errors} errors, refusals: ${JSON.stringify(result.statusCodeStats)}`)
  }
  return result['2xx'] / result.duration
}

interface MadeUser {
  id: string
  userName: string
}

async function makeUsers(base: string, headers: Record<string, string>, count: number): Promise<MadeUser[]> {
  const users: MadeUser[] = []
  for (let at = 0; at < count; at++) {
    const answer = await fetch(`${base}/Users`, { method: 'POST', headers, body: JSON.stringify(sampleUser()) })
    users.push((await answer.json()) as MadeUser)
  }
  return users
}

let picked = 0
const pick = <T>(items: readonly T[]): T => items[picked++ % items.length] as T

function tokenHeaders({ token }: DirectoryAccess): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
}

await withScratchPostgres(async (superuserUrl) => {
  const { databaseUrl, directories } = await createDirectories(superuserUrl, { pepper, organizations: 50 })
  const [scimPort, barePort] = [await freePort(), await freePort()]
  const scimUrl = `http://127.0.0.1:${scimPort}`
  const bareUrl = `http://127.0.0.1:${barePort}`
  const scim = await startServer(
    `${root}services/scim/src/main.ts`,
    { DATABASE_URL: databaseUrl, SCIM_PORT: String(scimPort), MUSTER_TOKEN_PEPPER: pepper, LOG_LEVEL: 'warn' },
    `${scimUrl}/healthz`,
  )
  const bare = await startServer(
    `${root}bench/support/bare-server.ts`,
    { DATABASE_URL: superuserUrl, PORT: String(barePort) },
    bareUrl,
  )
  try {
    const json = { 'content-type': 'application/json' }
    const [first] = directories as [DirectoryAccess, ...DirectoryAccess[]]
    const own = tokenHeaders(first)
    const bareUsers = await makeUsers(bareUrl, json, 200)
    const users = await makeUsers(`${scimUrl}${first.path}`, own, 200)
    // Each user's own state: what alternated from request to request would reach a user always the same, and change nothing.
    const active = new Map<string, boolean>()
    const toggle = ({ id }: MadeUser) => {
      const next = active.get(id) === false
      active.set(id, next)
      return JSON.stringify({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', value: { active: next } }],
      })
    }
    const table = [['', 'requests/s', 'of the bare handler']]
    const measure = async (name: string, yardstick: number, load: Load) => {
      const measured = await perSecond(load)
      table.push([name, String(Math.round(measured)), `${Math.round((100 * measured) / (yardstick || measured))} %`])
      return measured
    }
    const create = await measure('bare insert', 0, {
      method: 'POST',
      url: bareUrl,
      headers: json,
      path: () => ({ path: '/Users', body: JSON.stringify(sampleUser()) }),
    })
    await measure('W1 create, one organization', create, {
      method: 'POST',
      url: scimUrl,
      headers: own,
      path: () => ({ path: `${first.path}/Users`, body: JSON.stringify(sampleUser()) }),
    })
    await measure('W1 create, 50 organizations', create, {
      method: 'POST',
      url: scimUrl,
      headers: {},
      path: () => {
        const directory = pick(directories)
        return { path: `${directory.path}/Users`, headers: tokenHeaders(directory), body: JSON.stringify(sampleUser()) }
      },
    })
    const select = await measure('bare select', 0, {
      method: 'GET',
      url: bareUrl,
      headers: {},
      path: () => ({ path: `/Users/${pick(bareUsers).id}` }),
    })
    await measure('W2 get', select, {
      method: 'GET',
      url: scimUrl,
      headers: own,
      path: () => ({ path: `${first.path}/Users/${pick(users).id}` }),
    })
    await measure('W3 userName eq', select, {
      method: 'GET',
      url: scimUrl,
      headers: own,
      path: () => ({
        path: `${first.path}/Users?filter=${encodeURIComponent(`userName eq "${pick(users).userName}"`)}`,
      }),
    })
    const update = await measure('bare select + update', 0, {
      method: 'PATCH',
      url: bareUrl,
      headers: json,
      path: () => ({ path: `/Users/${pick(bareUsers).id}`, body: '{}' }),
    })
    await measure('W4 patch active', update, {
      method: 'PATCH',
      url: scimUrl,
      headers: own,
      path: () => {
        const user = pick(users)
        return { path: `${first.path}/Users/${user.id}`, body: toggle(user) }
      },
    })
    const written = await fetch(`${scimUrl}${first.path}/Users/${users[0]?.id}`, { headers: own })
    const { meta } = (await written.json()) as { meta: { version: string } }
    if (meta.version === 'W/"1"') throw new Error('The patches changed nothing: W4 measured no writes')
    printTable(table)
  } finally {
    await Promise.all([stopServer(scim), stopServer(bare)])
  }
})
