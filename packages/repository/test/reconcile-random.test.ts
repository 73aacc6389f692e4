import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import {
  applyNext,
  claimRun,
  finishRun,
  judgeRun,
  planRun,
  read,
  releaseNext,
  requestRun,
  restartReading,
  stagePage,
  transact,
} from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { cause } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import {
  addPolledDirectory,
  type MadeUpGroup,
  type MadeUpSource,
  type MadeUpUser,
  type PolledDirectory,
  pagesOf,
} from './support/sync-stage.ts'

const seed = Number(process.env.MUSTER_SEED ?? Date.now() % 1_000_000)
const long = process.env.MUSTER_LONG === '1'

const userIds = Array.from({ length: 12 }, (_, index) => `u${index}`)
const groupIds = Array.from({ length: 5 }, (_, index) => `g${index}`)

/** What a source has: members by id, so that the model needs no resolving. */
interface State {
  users: Map<string, { active: boolean; title: number }>
  groups: Map<string, { name: number; members: Set<string> }>
}

const step = fc.record({
  users: fc.array(fc.tuple(fc.constantFrom(...userIds), fc.constantFrom('gone', 'on', 'off'), fc.nat(2)), {
    maxLength: 8,
  }),
  groups: fc.array(
    fc.tuple(
      fc.constantFrom(...groupIds),
      fc.boolean(),
      fc.nat(1),
      fc.uniqueArray(fc.constantFrom(...userIds, ...groupIds), { maxLength: 6 }),
    ),
    { maxLength: 4 },
  ),
  delta: fc.boolean(),
  rows: fc.integer({ min: 1, max: 7 }),
  /** After so many acts the worker is gone, and another one takes the run. */
  crashes: fc.array(fc.nat(12), { maxLength: 3 }),
})

function change(
  state: State,
  { users, groups }: { users: [string, string, number][]; groups: [string, boolean, number, string[]][] },
): State {
  const next: State = { users: new Map(state.users), groups: new Map(state.groups) }
  for (const [id, what, title] of users) {
    if (what === 'gone') next.users.delete(id)
    else next.users.set(id, { active: what === 'on', title })
  }
  for (const [id, isThere, name, members] of groups) {
    if (isThere) next.groups.set(id, { name, members: new Set(members.filter((member) => member !== id)) })
    else next.groups.delete(id)
  }
  return next
}

/** The user names move by one place from time to time, so that users take each other's. */
function toSource(state: State, only?: State): MadeUpSource {
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)
  const users: MadeUpUser[] = [...state.users].flatMap(([id, { active, title }]) =>
    only && same(only.users.get(id), state.users.get(id))
      ? []
      : [{ id, active, attributes: { title: `title ${title}` } }],
  )
  const groups: MadeUpGroup[] = [...state.groups].flatMap(([id, { name, members }]) => {
    const before = only?.groups.get(id)
    return before && before.name === name && same([...before.members], [...members])
      ? []
      : [{ id, name: `name ${name}`, members: [...members] }]
  })
  if (only === undefined) return { users, groups }
  const gone = (kind: 'user' | 'group', before: Map<string, unknown>, now: Map<string, unknown>) =>
    [...before.keys()].filter((id) => !now.has(id)).map((id) => ({ kind, id }))
  return {
    users,
    groups,
    removed: [...gone('user', only.users, state.users), ...gone('group', only.groups, state.groups)],
  }
}

t.test(`random sources, crashes and scans end where they are to (seed ${seed})`, { timeout: 280_000 }, async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  let worlds = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      const scope = await addOrganization(`World ${worlds++}`)
      const directory = await addPolledDirectory(database, scope)
      const { directoryId } = directory
      let state: State = { users: new Map(), groups: new Map() }
      let isFirst = true
      for (const one of steps) {
        const next = change(state, one)
        const isDelta = one.delta && !isFirst
        await syncWithCrashes(directory, { full: toSource(next), delta: toSource(next, state) }, { ...one, isDelta })
        ;[state, isFirst] = [next, false]
        await assertIs(state)
      }
      await assertFolds(t, { database, scope }, seed)

      async function syncWithCrashes(
        { directoryId }: PolledDirectory,
        { full, delta }: { full: MadeUpSource; delta: MadeUpSource },
        { rows, crashes, isDelta }: { rows: number; crashes: readonly number[]; isDelta: boolean },
      ): Promise<void> {
        await transact(database, scope, cause, (tx) =>
          requestRun(tx, directoryId, { purpose: 'sync', occasion: 'manual', ...(!isDelta && { scan: 'full' }) }),
        )
        const pages = { full: pagesOf(full, 'all', rows), delta: pagesOf(delta, 'changes', rows) }
        for (const acts of [...crashes, Number.POSITIVE_INFINITY]) {
          // A lease that has ended when it begins: whoever comes next takes it.
          const claimed = await claimRun(database, { ...scope, directoryId }, { leaseSeconds: 0 })
          if (claimed === undefined) throw new Error('The run is not to be had')
          const { lease, run } = claimed
          let left = acts
          const act = async <T>(work: () => Promise<T>): Promise<T> => {
            if (left-- <= 0) throw new Crash()
            return work()
          }
          try {
            for (const page of run.phase === 'reading' ? pages[run.scan].slice(run.pages) : [])
              await act(() => stagePage(database, lease, page))
            if ((await act(() => planRun(database, lease))) === 'needsFullScan') {
              await act(() => restartReading(database, lease, 'full'))
              for (const page of pages.full) await act(() => stagePage(database, lease, page))
              await act(() => planRun(database, lease))
            }
            while (await act(() => applyNext(database, lease)));
            await act(() => judgeRun(database, lease))
            while (await act(() => releaseNext(database, lease)));
            await act(() => finishRun(database, lease, { dueInSeconds: 0 }))
            return
          } catch (error) {
            if (!(error instanceof Crash)) throw error
          }
        }
      }

      async function assertIs({ users, groups }: State): Promise<void> {
        const found = await read(database, scope, async ({ db }) => ({
          users: (
            await sql<{ id: string; active: boolean; title: string; state: string }>`
            SELECT d.external_id AS id, d.active, d.mapped ->> 'title' AS title, u.state FROM directory_users d
            JOIN user_links l ON l.directory_user_id = d.directory_user_id JOIN users u ON u.user_id = l.user_id
            WHERE d.directory_id = ${directoryId}`.execute(db)
          ).rows,
          edges: (
            await sql<{ edge: string; id: string }>`
            SELECT g.external_id || ' ' || COALESCE(d.external_id, c.external_id) AS edge, d.external_id AS id FROM memberships m
            JOIN directory_groups g ON g.directory_group_id = m.directory_group_id
            LEFT JOIN directory_users d ON d.directory_user_id = m.directory_user_id
            LEFT JOIN directory_groups c ON c.directory_group_id = m.child_group_id
            WHERE m.directory_id = ${directoryId} ORDER BY 1`.execute(db)
          ).rows,
          people: (
            await sql<{ edge: string }>`
            SELECT g.idp_id || ' ' || u.idp_id AS edge FROM user_groups ug JOIN groups g ON g.group_id = ug.group_id
            JOIN users u ON u.user_id = ug.user_id ORDER BY 1`.execute(db)
          ).rows.map(({ edge }) => edge),
          counts: (
            await sql<Record<string, number>>`SELECT c.*,
            (SELECT count(*) FROM directory_users) = user_count AND (SELECT count(*) FROM directory_groups) = group_count
            AND (SELECT count(*) FROM user_links WHERE active) = active_user_count
            AND (SELECT count(*) FROM user_groups) = membership_count AS right FROM directory_counts c`.execute(db)
          ).rows,
          left: (await sql`SELECT FROM user_links WHERE hold_id IS NOT NULL`.execute(db)).rows.length,
        }))
        const present = found.users.filter(({ id }) => users.has(id))
        const wanted = [...users].map(([id, { active, title }]) => ({
          ...{ id, active, title: `title ${title}` },
          state: active ? 'active' : 'inactive',
        }))
        const inOrder = <T extends { id: string }>(rows: T[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
        t.strictSame(inOrder(present), inOrder(wanted), `users (seed ${seed})`)
        t.notOk(found.users.some(({ id, active, state }) => !users.has(id) && (active || state === 'active')))
        const isThere = (id: string) => users.has(id) || groups.has(id)
        const edges = [...groups].flatMap(([id, { members }]) =>
          [...members].filter(isThere).map((member) => `${id} ${member}`),
        )
        const current = found.edges.filter(({ id }) => id === null || users.has(id)).map(({ edge }) => edge)
        t.strictSame(current, edges.sort(), `memberships (seed ${seed})`)
        t.strictSame(found.people, closure(users, groups), `people in groups (seed ${seed})`)
        t.ok(
          found.counts.every(({ right }) => right),
          `counts (seed ${seed})`,
        )
        t.equal(found.left, 0, 'nothing waits')
      }
    }),
    { seed, numRuns: long ? 200 : 12 },
  )
})

class Crash extends Error {}

/** Active users in groups, groups inside groups included. */
function closure(users: State['users'], groups: State['groups']): string[] {
  const within = (id: string, seen: Set<string>): Set<string> => {
    for (const member of groups.get(id)?.members ?? []) {
      if (seen.has(member)) continue
      seen.add(member)
      if (groups.has(member)) within(member, seen)
    }
    return seen
  }
  return [...groups.keys()]
    .flatMap((id) =>
      [...within(id, new Set())].filter((member) => users.get(member)?.active).map((member) => `${id} ${member}`),
    )
    .sort()
}
