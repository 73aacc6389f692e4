/**
 * What the SCIM request log costs: the same load on a service that keeps it and on one that does not, at the same time,
 * each with its own Postgres. The budget is 5 % of throughput.
 * Run: make bench BENCH=request-log (Linux)
 */
import autocannon from 'autocannon'
import pg from 'pg'
import { cpuSeconds, parentOf } from './support/cpu-time.ts'
import { printTable } from './support/measure.ts'
import { freePort, startServer, stopServer } from './support/processes.ts'
import { sampleUser } from './support/sample-user.ts'
import { createDirectories, type DirectoryAccess } from './support/scim-directories.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

const connections = 16
const rounds = 4
const secondsEach = 6
const pepper = 'p'.repeat(32)
const root = new URL('..', import.meta.url).pathname

type Load = () => { directory: DirectoryAccess; method: 'GET' | 'POST'; path: string; body?: string }

async function requests(url: string, load: Load): Promise<number> {
  const setupRequest = (request: object) => {
    const { directory, method, path, body } = load()
    const headers = { authorization: `Bearer ${directory.token}`, 'content-type': 'application/scim+json' }
    return { ...request, method, path: `${directory.path}${path}`, headers, ...(body === undefined ? {} : { body }) }
  }
  const result = await autocannon({ url, connections, duration: secondsEach, requests: [{ setupRequest }] })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(JSON.stringify(result.statusCodeStats))
  return result['2xx']
}

async function makeUsers(base: string, { path, token }: DirectoryAccess, count: number): Promise<string[]> {
  const ids: string[] = []
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  while (ids.length < count) {
    const answer = await fetch(`${base}${path}/Users`, { method: 'POST', headers, body: JSON.stringify(sampleUser()) })
    ids.push(((await answer.json()) as { id: string }).id)
  }
  return ids
}

let picked = 0
const pick = <T>(items: readonly T[]): T => items[picked++ % items.length] as T

/** A service with a database of its own. */
interface Side {
  url: string
  directories: readonly DirectoryAccess[]
  cpu(): Promise<number>
  keptRows(): Promise<string>
}

async function withSide<T>(days: number, work: (side: Side) => Promise<T>): Promise<T> {
  return withScratchPostgres(async (superuserUrl) => {
    const { databaseUrl, directories } = await createDirectories(superuserUrl, { pepper, organizations: 50 })
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const environment = {
      DATABASE_URL: databaseUrl,
      SCIM_PORT: String(port),
      MUSTER_TOKEN_PEPPER: pepper,
      REQUEST_LOG_DAYS: String(days),
      LOG_LEVEL: 'error',
    }
    const service = await startServer(`${root}services/scim/src/main.ts`, environment, `${url}/healthz`)
    const database = new URL(superuserUrl)
    database.pathname = '/bench'
    const client = new pg.Client({ connectionString: database.href })
    await client.connect()
    const backend = await client.query('SELECT pg_backend_pid() AS pid')
    const postmaster = await parentOf(backend.rows[0].pid)
    try {
      return await work({
        url,
        directories,
        cpu: async () => (await cpuSeconds(service.pid ?? 0)) + (await cpuSeconds(postmaster)),
        keptRows: async () => {
          const { rows } = await client.query(`SELECT count(*) AS kept, sum(skipped_before) AS skipped,
            pg_size_pretty(pg_total_relation_size('scim_requests')) AS size FROM scim_requests`)
          return `in the log: ${rows[0].kept} requests, ${rows[0].size}`
        },
      })
    } finally {
      await client.end()
      await stopServer(service)
    }
  })
}

/**
 * A row of the table: CPU a request on both sides, and requests served. Both sides are under load at the same time, so
 * that whatever else the machine does, and its scheduler, hits both alike.
 */
async function compare(name: string, off: Side, on: Side, load: (side: Side) => Load): Promise<string[]> {
  const measure = async (side: Side) => {
    const before = await side.cpu()
    const served = await requests(side.url, load(side))
    return { served, cpu: (await side.cpu()) - before }
  }
  const total = { off: { served: 0, cpu: 0 }, on: { served: 0, cpu: 0 } }
  for (let round = 0; round < rounds; round++) {
    const [offRound, onRound] = await Promise.all([measure(off), measure(on)])
    for (const [sum, one] of [
      [total.off, offRound],
      [total.on, onRound],
    ] as const) {
      sum.served += one.served
      sum.cpu += one.cpu
    }
  }
  const cost = ({ served, cpu }: { served: number; cpu: number }) => cpu / served
  const micro = (seconds: number) => `${Math.round(seconds * 1e6)} µs`
  return [
    name,
    micro(cost(total.off)),
    micro(cost(total.on)),
    percent(cost(total.on) / cost(total.off)),
    percent(total.on.served / total.off.served),
  ]
}

const percent = (part: number) => `${(100 * part).toFixed(1)} %`

await withSide(0, (off) =>
  withSide(30, async (on) => {
    const ids = new Map<Side, string[]>()
    const create = (directory: DirectoryAccess) => () =>
      ({ directory, method: 'POST', path: '/Users', body: JSON.stringify(sampleUser()) }) as const
    for (const side of [off, on]) {
      ids.set(side, await makeUsers(side.url, side.directories[0] as DirectoryAccess, 200))
      await requests(side.url, () => create(pick(side.directories))())
    }
    const first = (side: Side) => side.directories[0] as DirectoryAccess
    const table = [['', 'CPU/request, off', 'on', 'on : off', 'throughput, on : off']]
    table.push(await compare('W1 create, one organization', off, on, (side) => create(first(side))))
    table.push(await compare('W1 create, 50 organizations', off, on, (side) => () => create(pick(side.directories))()))
    table.push(
      await compare('W2 get', off, on, (side) => () => {
        const id = pick(ids.get(side) ?? [])
        return { directory: first(side), method: 'GET', path: `/Users/${id}` }
      }),
    )
    printTable(table)
    process.stdout.write(`${await on.keptRows()}\n`)
  }),
)
