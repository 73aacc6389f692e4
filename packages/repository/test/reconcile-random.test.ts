import { seed, times } from '@muster/testkit/effort'
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
  updateSyncSettings,
} from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { cause } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import {
  allOf,
  change,
  changesOf,
  dialects,
  edgesOf,
  nothing,
  peopleOf,
  type SourceState,
  sourceSteps,
} from './support/random-source.ts'
import { addPolledDirectory, type MadeUpSource, type PolledDirectory, pagesOf } from './support/sync-stage.ts'

const worlds = fc.record({ dialect: dialects, deleteAfterScans: fc.constantFrom(1, 2, 3) })

const step = fc.record({
  what: sourceSteps,
  delta: fc.boolean(),
  rows: fc.integer({ min: 1, max: 7 }),
  /** After so many acts the worker is gone, and another one takes the run. */
  crashes: fc.array(fc.nat(12), { maxLength: 3 }),
})

t.test(`random sources, crashes and scans end where they are to (seed ${seed})`, { timeout: 280_000 }, async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  let worldCount = 0
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(step, { minLength: 2, maxLength: 8 }),
      async ({ dialect, deleteAfterScans }, steps) => {
        const scope = await addOrganization(`World ${worldCount++}`)
        const directory = await addPolledDirectory(database, scope)
        const { directoryId } = directory
        await transact(database, scope, cause, (tx) => updateSyncSettings(tx, directoryId, { deleteAfterScans }))
        let state = nothing
        let isFirst = true
        for (const one of steps) {
          const next = change(state, one.what, dialect)
          const isDelta = one.delta && !isFirst
          const told = { full: allOf(next, dialect), delta: changesOf(next, state, dialect) }
          await syncWithCrashes(directory, told, { ...one, isDelta })
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

        async function assertIs(wantedState: SourceState): Promise<void> {
          const { users } = wantedState
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
          const current = found.edges.filter(({ id }) => id === null || users.has(id)).map(({ edge }) => edge)
          t.strictSame(current, edgesOf(wantedState), `memberships (seed ${seed})`)
          t.strictSame(found.people, peopleOf(wantedState), `people in groups (seed ${seed})`)
          t.ok(
            found.counts.every(({ right }) => right),
            `counts (seed ${seed})`,
          )
          t.equal(found.left, 0, 'nothing waits')
        }
      },
    ),
    { seed, numRuns: times(8, 200) },
  )
})

class Crash extends Error {}
