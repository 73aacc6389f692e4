/**
 * Lists, searches and counts of the people of an organization, through the repository, from one connection after warming up:
 * the median of many runs, at 10,000 people and with MUSTER_LONG=1 at 1,000,000, and what the larger organization costs in
 * times of the smaller.
 * Run: make bench BENCH=people-lists
 */
import { createHash } from 'node:crypto'
import { countUsers, listUsers, read, type UserQuery } from '@muster/repository'
import { idOf } from './support/fill-directory.ts'
import { type FilledPeople, fillPeople } from './support/fill-people.ts'
import { printTable } from './support/measure.ts'
import { withOneDirectory } from './support/one-directory.ts'

const pepper = 'p'.repeat(32)
const counts = process.env.MUSTER_LONG === '1' ? [10_000, 1_000_000] : [10_000]
const warmUps = 10
/** Of each workload; fewer when they take longer than this altogether. */
const runsMax = 200
const millisecondsMax = 1_500

/** Somebody, and another one every time. */
interface Turn extends FilledPeople {
  n: number
}

const lastName = (n: number) => createHash('md5').update(String(n)).digest('hex').slice(0, 7)

/** What is asked; every one is measured as a first page, as a page behind somebody, and as a count. */
const queries: Record<string, (turn: Turn) => UserQuery> = {
  everybody: () => ({}),
  'an address': ({ n }) => ({ email: `${lastName(n)}@BENCH.test` }),
  'a word: one person': ({ n }) => ({ q: lastName(n) }),
  'a word: one in 250': ({ n }) => ({ q: lastName(n).slice(0, 2) }),
  'a word: one in eight': ({ n }) => ({ q: lastName(n).slice(0, 1) }),
  'a word that all have, and one person': ({ n }) => ({ q: `user ${lastName(n)}` }),
  'two words, one in sixty': ({ n }) => ({ q: `${lastName(n).slice(0, 1)} ${lastName(n + 1).slice(0, 1)} user` }),
  'a group of half': ({ groups }) => ({ groupId: groups.half }),
  'a group of fifty': ({ groups }) => ({ groupId: groups.small }),
  'a group of half, and one person': ({ groups, n }) => ({ groupId: groups.half, q: lastName(n) }),
  'a group of half, and inactive': ({ groups }) => ({ groupId: groups.half, state: 'inactive' }),
  'a group of half, and a role': ({ groups }) => ({ groupId: groups.half, roleId: 'editor' }),
  'a role: one in fifty': () => ({ roleId: 'editor' }),
  'active ones': () => ({ state: 'active' }),
  'inactive ones: one in a thousand': () => ({ state: 'inactive' }),
  'a directory of nearly all': ({ directories }) => ({ directoryId: directories.main }),
  'a directory of fifty': ({ directories }) => ({ directoryId: directories.small }),
  'a directory of the last three in a hundred': ({ directories }) => ({ directoryId: directories.late }),
  'the same, and a word: one in eight': ({ directories, n }) => ({
    ...{ directoryId: directories.late, q: lastName(n).slice(0, 1) },
  }),
  'the reports of a manager': ({ n }) => ({ managerId: idOf(Math.ceil(n / 10)) }),
  'by hand: nobody': () => ({ source: 'manual' }),
  'of a directory: all': () => ({ source: 'directory' }),
}

const kinds = ['first page of 100', 'page behind somebody', 'count'] as const

/** The medians in milliseconds, in an organization of that many people: of each query, one a kind. */
async function measure(count: number): Promise<Map<string, number[]>> {
  return withOneDirectory(pepper, async ({ database, superuserUrl, scope }) => {
    const filled = await fillPeople(superuserUrl, scope.organizationId, count)
    let n = 0
    const next = (): Turn => {
      n = (n + 7_919) % (count - 20)
      return { ...filled, n: n + 10 }
    }
    const medians = new Map<string, number[]>()
    for (const [name, ask] of Object.entries(queries)) {
      const page = (turn: Turn, after: string | undefined) =>
        read(database, scope, (reader) => listUsers(reader, ask(turn), { after, limit: 101 }))
      medians.set(name, [
        await medianOf(() => page(next(), undefined)),
        await medianOf(() => {
          const turn = next()
          return page(turn, idOf(turn.n))
        }),
        await medianOf(() => read(database, scope, (reader) => countUsers(reader, ask(next())))),
      ])
    }
    return medians
  })
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  for (let run = 0; run < warmUps; run++) await work()
  const times: number[] = []
  const begun = performance.now()
  while (times.length < runsMax && performance.now() - begun < millisecondsMax) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  times.sort((left, right) => left - right)
  return times[Math.floor(times.length / 2)] ?? 0
}

const results: Map<string, number[]>[] = []
for (const count of counts) results.push(await measure(count))
for (const [at, kind] of kinds.entries()) {
  process.stdout.write(`\n${kind}\n`)
  printTable([
    ['median', ...counts.map((count) => `${count} people`), 'times'],
    ...Object.keys(queries).map((name) => {
      const medians = results.map((result) => result.get(name)?.[at] ?? 0)
      const times = (medians.at(-1) ?? 0) / (medians[0] ?? 1)
      return [name, ...medians.map((ms) => `${ms.toFixed(2)} ms`), times.toFixed(2)]
    }),
  ])
}
