/**
 * A directory of 100,000 users, 1,000 groups and 500,000 memberships that is read whole: for the first time, unchanged, and with
 * 1 % of users and of memberships changed. Each against a plain COPY in the same run: the first of all rows that it made
 * into the same tables, the others of what was read into the same stage, with one merge. The time of the source itself is
 * not counted. The process that syncs is one of its own: its peak of memory is what a poller needs.
 * USERS=1000000 for ten times as many; SOURCE=ldap for members and managers by distinguished names; REPEATS=n. BARE=off leaves out
 * what they are compared with: how much memory a sync needs is told without it.
 * Run: make bench BENCH=sync; results/sync.md has the figures of one.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDirectory, transact } from '@muster/repository'
import pg from 'pg'
import { cpuSeconds, parentOf } from './support/cpu-time.ts'
import { groupsEach, type MadeUpSource } from './support/made-up-source.ts'
import { printTable } from './support/measure.ts'
import { withOneDirectory } from './support/one-directory.ts'
import { copyAndMerge, copyOfEverything, dumpStage } from './support/sync-baselines.ts'
import type { SyncOrder, SyncReport } from './support/sync-process.ts'

const users = Number(process.env.USERS ?? 100_000)
const isLdap = process.env.SOURCE === 'ldap'
const repeats = Number(process.env.REPEATS ?? 3)
const isCompared = process.env.BARE !== 'off'
const groups = Math.max(groupsEach, users / 100)
const pepper = 'p'.repeat(32)
const cause = { kind: 'system', id: 'bench' } as const
const lookMilliseconds = 25
/** As services have it: its first use is the reading alone of nothing. */
const compileCache = join(tmpdir(), `muster-bench-compiled-${process.pid}`)

/** A sync, or what it is measured by: time without the source's, and the CPU that the database and the process used. */
interface Measured {
  name: string
  seconds: number
  cpu: number
}

interface Stand {
  superuser: pg.Client
  serverPid: number
  order: Omit<SyncOrder, 'source' | 'readOnly'>
}

/** What the run is doing at this moment, as its row says. */
const phaseNow = `
  SELECT CASE
      WHEN r.status = 'completed' THEN 'drop'
      WHEN r.phase = 'reading' THEN CASE WHEN r.complete IS NULL THEN 'read' ELSE 'plan' END
      WHEN r.phase = 'applying' THEN COALESCE('apply ' || (
        SELECT step FROM sync_changes c WHERE c.organization_id = r.organization_id AND c.run_id = r.run_id
          AND (c.step, c.resource_id, c.group_id) > (r.after_step, r.after_resource_id, r.after_group_id)
        ORDER BY c.step, c.resource_id, c.group_id LIMIT 1), 'judge')
      ELSE 'judge, release, finish' END AS phase
  FROM sync_runs r ORDER BY run_id DESC LIMIT 1`

/** Looks what a run does until it is told to stop; answers with the seconds of each phase. */
async function watchPhases(superuser: pg.Client, signal: AbortSignal): Promise<Map<string, number>> {
  const phases = new Map<string, number>()
  let last = performance.now()
  while (!signal.aborted) {
    const { rows } = await superuser.query(phaseNow)
    const now = performance.now()
    const phase = String(rows[0]?.phase)
    phases.set(phase, (phases.get(phase) ?? 0) + (now - last) / 1_000)
    last = now
    await sleep(lookMilliseconds)
  }
  return phases
}

/** Has a process of its own sync the directory, which is due now. */
async function sync(
  { superuser, order, serverPid }: Stand,
  source: MadeUpSource,
  { readOnly = false } = {},
): Promise<SyncReport & { phases: Map<string, number>; serverSeconds: number }> {
  await superuser.query(`UPDATE sync_routes SET due_at = now(); UPDATE directory_syncs SET full_scan_at = NULL`)
  const child = fork(`${import.meta.dirname}/support/sync-process.ts`, {
    env: { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS, NODE_COMPILE_CACHE: compileCache },
  })
  const exited = once(child, 'exit')
  const watching = new AbortController()
  const before = await cpuSeconds(serverPid)
  child.send({ ...order, source, readOnly } satisfies SyncOrder)
  const watched = watchPhases(superuser, watching.signal)
  const [report] = await Promise.race([once(child, 'message'), exited.then(() => [undefined])])
  watching.abort()
  const phases = await watched
  if (report === undefined) throw new Error('The process that syncs has ended')
  await exited
  return { ...(report as SyncReport), phases, serverSeconds: (await cpuSeconds(serverPid)) - before }
}

function print(name: string, report: Awaited<ReturnType<typeof sync>>): Measured {
  const { seconds, sourceSeconds, cpuSeconds: own, serverSeconds, peakMegabytes, phases } = report
  const parts = [...phases].map(([phase, took]) => `${phase} ${took.toFixed(1)}`).join(', ')
  process.stdout.write(
    `${name}: ${seconds.toFixed(1)} s, of it the source ${sourceSeconds.toFixed(1)}; CPU ${own.toFixed(1)} s, of the database ` +
      `${serverSeconds.toFixed(1)}; at most ${Math.round(peakMegabytes)} MB\n  ${parts}\n`,
  )
  return { name, seconds: seconds - sourceSeconds, cpu: own - sourceSeconds + serverSeconds }
}

/** The same of what it is compared with, all of which happens in the database. */
async function baseline(name: string, serverPid: number, work: () => Promise<number>): Promise<Measured> {
  const before = await cpuSeconds(serverPid)
  const seconds = await work()
  return { name, seconds, cpu: (await cpuSeconds(serverPid)) - before }
}

function printRatio(sync: Measured, bare: Measured, budget: number): void {
  printTable([
    ['', 'took', 'CPU'],
    [bare.name, `${bare.seconds.toFixed(2)} s`, `${bare.cpu.toFixed(1)} s`],
    [sync.name, `${sync.seconds.toFixed(2)} s`, `${sync.cpu.toFixed(1)} s`],
    [
      `times (budget ${budget})`,
      `× ${(sync.seconds / bare.seconds).toFixed(2)}`,
      `× ${(sync.cpu / bare.cpu).toFixed(2)}`,
    ],
  ])
  process.stdout.write('\n')
}

/** As autovacuum and the checkpointer leave it: nothing of what was written before is left to do. */
async function settle(superuser: pg.Client): Promise<void> {
  await superuser.query('VACUUM ANALYZE')
  await superuser.query('CHECKPOINT')
}

/** What a run has put on the stage, and nobody goes on with. */
async function readIntoFiles(stand: Stand, source: MadeUpSource) {
  const { superuser } = stand
  print('reading alone', await sync(stand, source, { readOnly: true }))
  const stage = await dumpStage(superuser)
  await superuser.query(`UPDATE directory_syncs SET run_id = NULL, leased_until = NULL;
    DELETE FROM sync_runs WHERE status = 'running'; TRUNCATE sync_stage_records, sync_stage_edges`)
  return stage
}

/** Reads everything again, and again changed. */
async function syncAgain(stand: Stand, source: MadeUpSource): Promise<void> {
  const { superuser, serverPid } = stand
  for (let round = 0; round < repeats; round++) {
    for (const changed of [round, round + 1]) {
      const name = changed === round ? 'unchanged' : '1 % changed'
      const read = { ...source, round: changed }
      await settle(superuser)
      if (!isCompared) {
        print(name, await sync(stand, read))
        continue
      }
      const stage = await readIntoFiles(stand, read)
      await settle(superuser)
      const bare = await baseline('COPY into the stage and merge', serverPid, () =>
        copyAndMerge(superuser, stage, isLdap),
      )
      await settle(superuser)
      printRatio(print(name, await sync(stand, read)), bare, changed === round ? 1.5 : 2)
    }
  }
}

await withOneDirectory(pepper, async ({ database, databaseUrl, superuserUrl, scope }) => {
  const superuser = new pg.Client({ connectionString: superuserUrl })
  await superuser.connect()
  try {
    const off = JSON.stringify({ users: 'off', groups: 'off', memberships: 'off' })
    await superuser.query(`UPDATE organizations SET guard = $1`, [off])
    await superuser.query('SET enable_seqscan = off')
    const { directoryId } = await transact(database, scope, cause, (tx) =>
      createDirectory(tx, { name: 'D', type: 'LDAP', scimProfile: 'strict' }),
    )
    const { rows } = await superuser.query('SELECT pg_backend_pid() AS pid')
    const serverPid = await parentOf(rows[0].pid)
    const stand: Stand = {
      superuser,
      serverPid,
      order: { databaseUrl, organizationId: scope.organizationId, directoryId },
    }
    const source: MadeUpSource = { users, groups, round: 0, isLdap }
    await readIntoFiles(stand, { ...source, users: 0, groups: 0 })
    const first = print('first', await sync(stand, source))
    if (isCompared) {
      await settle(superuser)
      const copy = async () => (await copyOfEverything(superuser)).seconds
      printRatio(first, await baseline('plain COPY of its rows', serverPid, copy), 3)
    }
    await syncAgain(stand, source)
  } finally {
    await superuser.end()
    await rm(compileCache, { recursive: true, force: true })
  }
})
