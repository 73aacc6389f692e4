/**
 * Lists and look-ups of one directory, through the repository, from one connection after warming up: the median of many
 * runs, at 10,000 users and with MUSTER_LONG=1 at 1,000,000, and what the larger directory costs in times of the smaller
 * (budgets W3 and W6).
 * Run: make bench BENCH=lists
 */
import { type ListPage, listDirectoryUsers, read } from '@muster/repository'
import { parseFilter, parseSort, profiles, standardResourceTypes as types } from '@muster/scim'
import { fillDirectory, idOf } from './support/fill-directory.ts'
import { printTable } from './support/measure.ts'
import { withOneDirectory } from './support/one-directory.ts'

const runs = 300
const pepper = 'p'.repeat(32)
const counts = process.env.MUSTER_LONG === '1' ? [10_000, 1_000_000] : [10_000]
const shown = { withGroups: true }

interface Asked {
  filter?: string
  sortBy?: string
  page: ListPage
}

/** A user anywhere in the directory, another one every time. */
type Pick = () => number

const first = (wantsTotal = true): ListPage => ({ limit: 100, from: { offset: 0 }, wantsTotal })
const behind = (n: number, key: string | null = null): ListPage => ({
  limit: 100,
  from: { after: { key, id: idOf(n) } },
  wantsTotal: false,
})
const changedAt = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString()

const workloads: Record<string, (pick: Pick, count: number) => Asked> = {
  'page of 100, first, with total': () => ({ page: first() }),
  'page of 100, anywhere, by cursor': (pick) => ({ page: behind(pick()) }),
  'page of 100, at 100,000 or the end, by startIndex': (_, count) => ({
    page: { ...first(), from: { offset: Math.min(100_000, count - 100) } },
  }),
  'page of 100, the last, by startIndex': (_, count) => ({ page: { ...first(), from: { offset: count - 100 } } }),
  'by userName, anywhere, by cursor': (pick) => {
    const n = pick()
    return { sortBy: 'userName', page: behind(n, `user-${n}@bench.test`) }
  },
  'by meta.lastModified, anywhere, by cursor': (pick) => {
    const n = pick()
    return { sortBy: 'meta.lastModified', page: behind(n, changedAt(n)) }
  },
  'active eq true, by cursor': (pick) => ({ filter: 'active eq true', page: behind(pick()) }),
  'userName eq': (pick) => ({ filter: `userName eq "USER-${pick()}@bench.test"`, page: first() }),
  'externalId eq': (pick) => ({ filter: `externalId eq "ext-${pick()}"`, page: first() }),
  'emails.value eq': (pick) => ({ filter: `emails.value eq "user-${pick()}@bench.test"`, page: first() }),
  'meta.lastModified gt, the last 100': (_, count) => ({
    filter: `meta.lastModified gt "${changedAt(count - 100)}"`,
    page: first(),
  }),
}

/** The median of each workload, in milliseconds, in a directory of that many users. */
async function measure(count: number): Promise<Map<string, number>> {
  return withOneDirectory(pepper, async ({ database, superuserUrl, scope, directoryId }) => {
    await fillDirectory(superuserUrl, { organizationId: scope.organizationId, directoryId }, count)
    const place = { directoryId, baseUrl: 'https://muster.test/scim/x/v2', types }
    let turn = 0
    const pick = () => (turn++ * 7_919) % (count - 200)
    const run = ({ filter, sortBy, page }: Asked) => {
      const selection = {
        filter: filter === undefined ? undefined : parseFilter(filter, types.user, profiles.compatible),
        sort: parseSort({ sortBy }, types.user, profiles.compatible),
      }
      return read(database, scope, (reader) => listDirectoryUsers(reader, place, selection, page, shown))
    }
    const medians = new Map<string, number>()
    for (const [name, ask] of Object.entries(workloads)) medians.set(name, await medianOf(() => run(ask(pick, count))))
    return medians
  })
}

async function medianOf(work: () => Promise<{ rows: unknown[] }>): Promise<number> {
  const times: number[] = []
  for (let at = -20; at < runs; at++) {
    const started = performance.now()
    const { rows } = await work()
    if (rows.length === 0) throw new Error('Nobody was found')
    if (at >= 0) times.push(performance.now() - started)
  }
  times.sort((left, right) => left - right)
  return times[Math.floor(runs / 2)] ?? 0
}

const results: Map<string, number>[] = []
for (const count of counts) results.push(await measure(count))
const [smallest] = results
printTable([
  ['median', ...counts.map((count) => `${count} users`), ...(counts.length > 1 ? ['times'] : [])],
  ...Object.keys(workloads).map((name) => {
    const medians = results.map((result) => result.get(name) ?? 0)
    const times = (medians.at(-1) ?? 0) / (smallest?.get(name) ?? 1)
    return [name, ...medians.map((ms) => `${ms.toFixed(2)} ms`), ...(counts.length > 1 ? [times.toFixed(2)] : [])]
  }),
])
