import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import t, { type Test } from 'tap'
import {
  activateDirectory,
  addDirectoryToken,
  clearDirectoryError,
  createDirectory,
  type Database,
  deleteDirectory,
  findDirectory,
  type OrganizationScope,
  read,
  reportSyncCompleted,
  reportSyncFailed,
  setDirectoryError,
  setDirectoryPaused,
  type Transaction,
  touchDirectoryToken,
  transact,
  updateDirectory,
  watchSilence,
} from '../src/index.ts'
import { cause } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'
import { eventsDuring, typesOf } from './support/reading.ts'

interface Stage {
  database: Database
  scope: OrganizationScope
  superuser: pg.Client
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** A directory with a token that was used just now. */
  addInUse(name: string, options?: { isTest?: boolean; type?: 'SCIM' | 'OKTA' }): Promise<InUse>
  /** Makes it so many hours ago that anything was heard of any directory. */
  wait(hours: number): Promise<unknown>
}

interface InUse {
  directoryId: string
  use(): Promise<void>
}

async function openStage(t: Test): Promise<Stage> {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization()
  // Another organization beside it, of which nothing is to be heard.
  await addOrganization('Other')
  const superuser = await connect(t, testDatabase.superuserUrl)
  const run: Stage['run'] = (work) => transact(database, scope, cause, work)
  return {
    ...{ database, scope, superuser, run },
    wait: (hours) =>
      superuser.query(
        `WITH moved AS (UPDATE directory_tokens SET last_used_at = last_used_at - make_interval(hours => $1))
         UPDATE directories SET activated_at = activated_at - make_interval(hours => $1),
           silent_since = silent_since - make_interval(hours => $1)`,
        [hours],
      ),
    async addInUse(name, { isTest = false, type = 'SCIM' } = {}) {
      const draft = { name, type, scimProfile: 'strict', isTest } as const
      const { directoryId } = await run((tx) => createDirectory(tx, draft))
      const credential = { hash: randomBytes(32), hint: 'abcd', expiresAt: null }
      const { tokenId } = await run((tx) => addDirectoryToken(tx, directoryId, credential))
      const use = () => run((tx) => touchDirectoryToken(tx, directoryId, tokenId))
      await run((tx) => activateDirectory(tx, directoryId))
      await use()
      return { directoryId, use }
    },
  }
}

const watch = ({ database }: Stage) => watchSilence(database, { cause: { kind: 'system', id: 'watch_silence' } })
const told = (stage: Stage, work: () => Promise<unknown>) => eventsDuring(stage.database, stage.scope, work)
const seen = async ({ database, scope }: Stage, directoryId: string) =>
  read(database, scope, (reader) => findDirectory(reader, directoryId))

t.test('a directory in use that is not heard for a week is told of once, and once when it is again', async (t) => {
  const stage = await openStage(t)
  const okta = await stage.addInUse('Okta')
  await stage.wait(167)
  t.same(await watch(stage), { silent: 0, recovered: 0 }, 'not within the week')
  await stage.wait(2)
  const before = await seen(stage, okta.directoryId)
  const events = await told(stage, () => Promise.all([watch(stage), watch(stage), watch(stage)]))
  t.same(typesOf(events), ['directory.silent'], 'once, however often somebody looks')
  t.match(events[0], {
    cause: { kind: 'system', id: 'watch_silence' },
    data: { directory: { name: 'Okta' }, lastRequestAt: before?.lastRequestAt?.toISOString() },
  })
  const silent = await seen(stage, okta.directoryId)
  t.ok(silent?.silentSince instanceof Date)
  t.equal(silent?.updatedAt.getTime(), before?.updatedAt.getTime(), 'nobody changed it')
  await stage.wait(200)
  t.same(await watch(stage), { silent: 0, recovered: 0 }, 'silence goes on without a word')

  await okta.use()
  const [recovered, ...others] = await told(stage, () => Promise.all([watch(stage), watch(stage)]))
  t.same(typesOf(others), [])
  const { silentSince: since } = silent ?? {}
  t.match(recovered, {
    type: 'directory.recovered',
    data: { since: new Date(Number(since) - 200 * 3_600_000).toISOString() },
  })
  t.match(await seen(stage, okta.directoryId), { silentSince: null })
  await stage.wait(169)
  t.same(await watch(stage), { silent: 1, recovered: 0 }, 'silent again')
})

t.test('only who should be heard can be silent', async (t) => {
  const stage = await openStage(t)
  const { directoryId: pending } = await stage.run((tx) =>
    createDirectory(tx, { name: 'Pending', type: 'SCIM', scimProfile: 'strict' }),
  )
  const paused = await stage.addInUse('Paused')
  await stage.run((tx) => setDirectoryPaused(tx, paused.directoryId, true))
  await stage.addInUse('Test', { isTest: true })
  await stage.addInUse('Polled', { type: 'OKTA' })
  const patient = await stage.addInUse('Patient')
  const off = await stage.addInUse('Off')
  const gone = await stage.addInUse('Token gone')
  await stage.run((tx) => updateDirectory(tx, patient.directoryId, { silentAfterHours: 1_000 }))
  await stage.run((tx) => updateDirectory(tx, off.directoryId, { silentAfterHours: null }))
  await stage.superuser.query('DELETE FROM directory_tokens WHERE directory_id = $1', [gone.directoryId])
  await stage.wait(500)
  const events = await told(stage, () => watch(stage))
  t.same(
    events.map(({ data }) => (data.directory as { name: string }).name),
    ['Token gone'],
    'whose first request was its last one',
  )
  t.match(await seen(stage, pending), { silentAfterHours: 168, lastRequestAt: null })
  await stage.run((tx) => setDirectoryPaused(tx, paused.directoryId, false))
  await stage.wait(501)
  const [, ...later] = typesOf(await told(stage, () => watch(stage)))
  t.same(later, ['directory.silent'], 'the patient one and the one that was resumed')
  t.match(await seen(stage, off.directoryId), { silentSince: null, silentAfterHours: null })
  t.ok(await stage.run((tx) => deleteDirectory(tx, patient.directoryId)))
  t.same(await watch(stage), { silent: 0, recovered: 0 }, 'one that is gone recovers from nothing')
})

t.test('an error begins once and ends once; a pause keeps it', async (t) => {
  const stage = await openStage(t)
  const { directoryId } = await stage.run((tx) =>
    createDirectory(tx, { name: 'Polled', type: 'OKTA', scimProfile: 'strict' }),
  )
  const stats = {
    ...{ usersCreated: 1, usersUpdated: 0, usersDeleted: 0, groupsCreated: 0, membershipChanges: 0, duration: 12 },
  }
  const during = async (work: (tx: Transaction) => Promise<unknown>) => told(stage, () => stage.run(work))
  const error = (message: string) => ({ code: 'unreachable', message })
  const state = async () => {
    const directory = await seen(stage, directoryId)
    return [directory?.status, directory?.errorMessage]
  }
  const [failed, ...rest] = await during((tx) =>
    reportSyncFailed(tx, directoryId, { runId: 'run_1', error: error('No') }),
  )
  t.match(failed, { type: 'directory.sync_failed', data: { run: { id: 'run_1' }, error: error('No') } })
  t.same(rest, [])
  t.same(await state(), ['PENDING', 'No'], 'another attempt may follow')
  const begun = await told(stage, () =>
    Promise.all(['A', 'B'].map((message) => stage.run((tx) => setDirectoryError(tx, directoryId, error(message))))),
  )
  t.same(typesOf(begun), ['directory.error'], 'once, also of two at once')
  t.equal((await state())[0], 'ERROR')
  await stage.run((tx) => setDirectoryPaused(tx, directoryId, true))
  t.same(typesOf(await during((tx) => setDirectoryError(tx, directoryId, error('C')))), [])
  t.same(await state(), ['PAUSED', 'C'])
  await stage.run((tx) => setDirectoryPaused(tx, directoryId, false))
  t.same(await state(), ['ERROR', 'C'], 'resumed in error')

  const ended = await during((tx) => reportSyncCompleted(tx, directoryId, { runId: 'run_2', stats }))
  t.same(typesOf(ended), ['directory.recovered', 'directory.activated', 'directory.sync_completed'])
  t.match(ended[0]?.data.since, /Z$/)
  t.match(ended[2]?.data, { run: { id: 'run_2' }, stats })
  t.same(await state(), ['ACTIVE', null])
  t.same(typesOf(await during((tx) => clearDirectoryError(tx, directoryId))), [], 'there is none')
  await stage.run((tx) => reportSyncFailed(tx, directoryId, { error: error('Once') }))
  t.same(typesOf(await during((tx) => reportSyncCompleted(tx, directoryId, { stats }))), ['directory.sync_completed'])
  t.same(await state(), ['ACTIVE', null], 'a failed run leaves nothing behind, and was no error')
  await t.rejects(
    stage.run((tx) => reportSyncFailed(tx, nobody, { error: error('x') })),
    /gone/,
  )
})

const nobody = '01890000-0000-7000-8000-000000000000'
