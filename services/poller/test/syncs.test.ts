import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createDirectory,
  findDirectory,
  type OrganizationScope,
  openDirectoryConfig,
  pruneRuns,
  read,
  sealDirectoryConfig,
  transact,
} from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { createScriptedSource, type ScriptedSource } from '@muster/testkit/scripted-source'
import pg from 'pg'
import t, { type Test } from 'tap'
import { openInstallation } from '../../../packages/repository/test/support/installation.ts'
import { buildApp } from '../src/app.ts'
import { taskTable } from '../src/tasks/task-table.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const
const internalSecret = 'a-secret-for-tests-of-at-least-thirty-two-characters'

async function openStage(t: Test) {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const superuser = new pg.Pool({ connectionString: testDatabase.superuserUrl, max: 2 })
  t.teardown(() => superuser.end())
  const context = testContext(database)
  const file = `${t.testdir({})}/source`
  return {
    ...{ testDatabase, database, superuser, context, file, addOrganization },
    /** A directory that is due, and the source that it is read from by the pollers of this test. */
    async addDirectory(host: string, scope?: OrganizationScope) {
      const source = createScriptedSource({ file: `${file}-${host}`, pageSize: 3 })
      const own = scope ?? (await addOrganization())
      const directory = await transact(database, own, cause, async (tx) => {
        const created = await createDirectory(tx, { name: host, type: 'LDAP', scimProfile: 'strict' })
        await sealDirectoryConfig(tx, context.rootKeys, created.directoryId, source.config(host))
        return created
      })
      return { scope: own, directoryId: directory.directoryId, source }
    },
  }
}

type Stage = Awaited<ReturnType<typeof openStage>>

function startProcess({ testDatabase, context, file }: Stage): ChildProcess {
  const [key] = context.rootKeys
  const environment = {
    DATABASE_URL: testDatabase.databaseUrl,
    ROOT_KEY: key.bytes.toString('base64'),
    SOURCE_FILE: file,
  }
  const program = new URL('./support/syncing-process.ts', import.meta.url).pathname
  return spawn(process.execPath, [program], { env: { ...process.env, ...environment }, stdio: 'inherit' })
}

function fill(source: ScriptedSource): void {
  const ids = ['u1', 'u2', 'u3']
  source.users.set(...ids.map((id) => ({ id, userName: `${id}@acme.test`, attributes: { mail: `${id}@acme.test` } })))
  source.groups.set({ id: 'g1', name: 'Staff', members: ids.map((id) => ({ id })) })
}

/** Kills a process and waits until it is gone. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** What became of a source, without ids. */
async function meaning({ superuser }: Stage, { organizationId }: OrganizationScope): Promise<unknown> {
  const { rows } = await superuser.query(
    `SELECT
      (SELECT json_agg(json_build_array(user_name_key, active, resource) ORDER BY user_name_key) FROM directory_users
        WHERE organization_id = $1) AS "directoryUsers",
      (SELECT json_agg(json_build_array(email_key, state) ORDER BY email_key) FROM users WHERE organization_id = $1) AS people,
      (SELECT json_agg(u.email_key ORDER BY u.email_key) FROM user_groups m JOIN users u USING (user_id)
        WHERE m.organization_id = $1) AS members,
      (SELECT json_agg(type ORDER BY type) FROM events WHERE organization_id = $1) AS events`,
    [organizationId],
  )
  return rows[0]
}

async function endLease({ superuser }: Stage, { directoryId }: { directoryId: string }): Promise<void> {
  await superuser.query('UPDATE directory_syncs SET leased_until = now() WHERE directory_id = $1', [directoryId])
  await superuser.query('UPDATE sync_routes SET due_at = now() WHERE directory_id = $1', [directoryId])
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`In vain: ${what}`)
    await delay(20)
  }
}

t.test(
  'pollers that are killed at every page boundary, or stopped for too long, leave what an uninterrupted one does (R6, R7)',
  async (t) => {
    const stage = await openStage(t)
    const whole = await stage.addDirectory('whole')
    const broken = await stage.addDirectory('broken')
    for (const { source } of [whole, broken]) fill(source)
    const gates = [1, 2, 3].map((page) => broken.source.pauseAt({ page }, 1))
    const children = [startProcess(stage), startProcess(stage)]
    t.teardown(() => Promise.all(children.map(end)))
    const notesOf = (kind: string): { process: number }[] => {
      const lines = readFileSync(`${stage.file}-broken.notes`, 'utf8').trim().split('\n')
      return lines.map((line) => JSON.parse(line)).filter((note) => note.kind === kind)
    }
    /** Who waits at the gate that was reached last. */
    const holder = (): ChildProcess => {
      const child = children.find(({ pid }) => pid === notesOf('paused').at(-1)?.process)
      if (child === undefined) throw new Error('Somebody else reads')
      return child
    }
    let frozen: ChildProcess | undefined
    for (const [index, gate] of gates.entries()) {
      await gate.reached()
      t.equal(notesOf('paused').length, index + 1, 'one at a time reads')
      // One is only stopped, and goes on when it is too late.
      if (index === 1) frozen = holder()
      holder().kill(index === 1 ? 'SIGSTOP' : 'SIGKILL')
      if (index < 2) children.push(startProcess(stage))
      // After the first its end is awaited; then that would only take time.
      if (index > 0) await endLease(stage, broken)
    }
    const last = async (directoryId: string) => {
      const { rows } = await stage.superuser.query(
        'SELECT status, attempts, pages, change_counts FROM sync_runs WHERE directory_id = $1',
        [directoryId],
      )
      return rows
    }
    await until('both are read', async () => {
      const runs = [...(await last(broken.directoryId)), ...(await last(whole.directoryId))]
      return runs.length === 2 && runs.every(({ status }) => status === 'completed')
    })
    const [[run], [uninterrupted]] = await Promise.all([last(broken.directoryId), last(whole.directoryId)])
    t.equal(run.attempts, gates.length + 1)
    t.strictSame([run.pages, run.change_counts], [uninterrupted.pages, uninterrupted.change_counts])
    const [one, other] = [await meaning(stage, broken.scope), await meaning(stage, whole.scope)]
    t.strictSame(one, other)

    t.equal(run.pages, 3)

    const before = [one, await last(broken.directoryId)]
    frozen?.kill('SIGCONT')
    await until('the one that was stopped sees that it is too late', () =>
      notesOf('closed').some((note) => note.process === frozen?.pid),
    )
    t.strictSame([await meaning(stage, broken.scope), await last(broken.directoryId)], before, 'it writes nothing (R6)')

    // On SIGTERM a run is given back, for another process to go on at once.
    const gate = broken.source.pauseAt({ page: 1 }, 1)
    await stage.superuser.query('UPDATE sync_routes SET due_at = now() WHERE directory_id = $1', [broken.directoryId])
    await gate.reached()
    const stopped = holder()
    stopped.kill('SIGTERM')
    t.strictSame(await once(stopped, 'exit'), [0, null])
    await until('another goes on', async () => {
      const rows = await last(broken.directoryId)
      return rows.length === 2 && rows.every(({ status, attempts }) => status === 'completed' && attempts > 0)
    })
  },
)

t.test('a source is tried without being read, and what fails says what to do about it', async (t) => {
  const stage = await openStage(t)
  const { scope, directoryId, source } = await stage.addDirectory('tried')
  fill(source)
  const context = { ...stage.context, connectors: { LDAP: source.definition() } }
  const { app } = await buildApp({ context, worker: { isRunning: () => true }, internalSecret })
  t.teardown(() => app.close())
  const { organizationId } = scope
  const post = async (body: object) => {
    const headers = { authorization: `Bearer ${internalSecret}` }
    const answer = await app.inject({ method: 'POST', url: '/internal/directories/test', headers, body })
    return { status: answer.statusCode, text: answer.body, ...answer.json() }
  }
  t.match(await post({ organizationId, directoryId }), { status: 200, ok: true, userCount: 3, milliseconds: Number })
  const config = source.config('other')
  t.match(await post({ organizationId, type: 'LDAP', config }), { ok: true, userCount: 3 })
  const wrong = await post({ organizationId, type: 'LDAP', config: { ...config, password: 'hunter2' } })
  t.match(wrong, { status: 200, ok: false, error: { code: 'credentials', message: /password/, hint: /credentials/ } })
  t.notMatch(wrong.text, /hunter2/)
  t.match(await post({ organizationId, type: 'OKTA', config }), { ok: false, error: { code: 'configuration' } })
  source.script({ at: { round: 'check' }, does: 'foreignError' })
  t.match(await post({ organizationId, directoryId }), { ok: false, error: { code: 'internal' } })
  t.match(await post({ organizationId, directoryId: organizationId }), { status: 404 })
  for (const body of [{}, { organizationId: 'x', directoryId }, { organizationId, type: 'LDAP', config: [] }]) {
    t.match(await post(body), { status: 400 })
  }
  const rotated = testContext(stage.database)
  const strange = { ...context, rootKeys: [{ id: 'new', bytes: Buffer.alloc(32) }] as const }
  const { app: locked } = await buildApp({ context: strange, worker: { isRunning: () => true }, internalSecret })
  t.teardown(() => locked.close())
  const headers = { authorization: `Bearer ${internalSecret}` }
  const body = { organizationId, directoryId }
  const answer = await locked.inject({ method: 'POST', url: '/internal/directories/test', headers, body })
  t.match(answer.json(), { ok: false, error: { code: 'configuration', message: /root key/ } })
  t.ok(await read(rotated.database, scope, (reader) => openDirectoryConfig(reader, rotated.rootKeys, directoryId)))
  t.equal(source.connectorsOpen(), 0)
  t.match(await read(stage.database, scope, (reader) => findDirectory(reader, directoryId)), { status: 'PENDING' })
})

t.test('old runs are deleted, and what ended runs left on the stage', async (t) => {
  const stage = await openStage(t)
  const { scope, directoryId } = await stage.addDirectory('pruned')
  const other = await stage.addDirectory('kept', scope)
  const add = async (to: string, status: string, days: number) => {
    const runId = newUuid()
    await stage.superuser.query(
      `INSERT INTO sync_runs (organization_id, run_id, directory_id, purpose, occasion, scan, cause, status, finished_at)
       SELECT $1, $2, $3, 'sync', 'schedule', 'full', '{}', $4,
         CASE WHEN $4 <> 'running' THEN now() - make_interval(days => $5) END`,
      [scope.organizationId, runId, to, status, days],
    )
    await stage.superuser.query(
      `INSERT INTO sync_stage_records (organization_id, run_id, kind, source_id, position, effect)
       VALUES ($1, $2, 'user', 'a', 1, 'present'), ($1, $2, 'user', 'b', 2, 'present')`,
      [scope.organizationId, runId],
    )
    return runId
  }
  for (let count = 0; count < 7; count++) await add(directoryId, 'completed', 40)
  const recent = [await add(directoryId, 'completed', 1), await add(directoryId, 'failed', 2)]
  const running = await add(directoryId, 'running', 50)
  const kept = await add(other.directoryId, 'cancelled', 29)
  await taskTable.prune_sync_runs?.run(stage.context)
  const left = async (table: string) =>
    (await stage.superuser.query(`SELECT DISTINCT run_id FROM ${table} ORDER BY run_id`)).rows.map((row) => row.run_id)
  t.strictSame(await left('sync_runs'), [...recent, running, kept].sort())
  t.strictSame(await left('sync_stage_records'), [running])
  const before = new Date(Date.now() - 30 * 86_400_000)
  t.equal(await pruneRuns(stage.database, { before, runsMax: 1, cause }), 2)
  t.strictSame(await left('sync_runs'), [running, kept].sort())
})
