import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createDirectory,
  enableChannel,
  findChannel,
  hashChannelSecret,
  newChannelSecret,
  read,
  sealDirectoryConfig,
  transact,
} from '@muster/repository'
import { encodeUuid } from '@muster/runtime/type-ids'
import type { FakeDirectory } from '@muster/testkit/fake-directory'
import { startFakeGoogle } from '@muster/testkit/fake-google'
import { startFakeGraph } from '@muster/testkit/fake-graph'
import { startFakeOkta } from '@muster/testkit/fake-okta'
import pg from 'pg'
import t, { type Test } from 'tap'
import { openInstallation } from '../../../packages/repository/test/support/installation.ts'
import { watchDue } from '../src/syncs/watch-due.ts'
import { createWorker } from '../src/worker.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const
/** Generous: nothing here is about how long it takes to give up. */
const patienceMilliseconds = 90_000
/** Change at the source → event in the log. */
const promisedMilliseconds = 5_000

/** The SCIM service, which nobody imports: a process of its own, as in an installation. */
async function startScim(t: Test, databaseUrl: string): Promise<string> {
  const program = new URL('../../scim/test/support/scim-process.ts', import.meta.url).pathname
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await gone
  })
  const [origin] = await once(child.stdout, 'data')
  return String(origin)
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`In vain: ${what}`)
    await delay(25)
  }
}

async function startServices(t: Test) {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const superuser = new pg.Pool({ connectionString: testDatabase.superuserUrl, max: 2 })
  t.teardown(() => superuser.end())
  const publicUrl = await startScim(t, testDatabase.databaseUrl)
  const context = { ...testContext(database), publicUrl }
  const worker = createWorker({ ...context, databaseUrl: testDatabase.databaseUrl, syncsAtOnce: 2 })
  const watch = watchDue(context)
  t.teardown(() => Promise.all([worker.stop(), watch.stop()]))
  await worker.start()
  watch.start()
  return {
    publicUrl,
    superuser,
    /** A directory that was read once, and whose source tells of changes. */
    async addDirectory(type: 'AZURE_AD' | 'GOOGLE_WORKSPACE' | 'OKTA', config: Record<string, unknown>) {
      const scope = await addOrganization(type)
      const secret = newChannelSecret()
      const kind = type === 'OKTA' ? 'manual' : 'subscribed'
      const { directoryId } = await transact(database, scope, cause, async (tx) => {
        const created = await createDirectory(tx, { name: type, type, scimProfile: 'strict' })
        await sealDirectoryConfig(tx, context.rootKeys, created.directoryId, config)
        await enableChannel(tx, created.directoryId, { kind, secretHash: hashChannelSecret(secret) })
        return created
      })
      const view = () => read(database, scope, (reader) => findChannel(reader, directoryId))
      const address = `${publicUrl}/notifications/${encodeUuid((await view())?.channelId ?? '')}`
      const row = async (text: string) => (await superuser.query(text, [directoryId])).rows[0]
      return {
        ...{ address, secret, view, row },
        /** Nothing is owed, and nothing is under way. */
        rests: () =>
          until(`${type} is read`, async () => {
            const { is_done: isDone } = await row(
              `SELECT synced_at IS NOT NULL AND run_id IS NULL AND poked_at IS NULL AND rests_until <= clock_timestamp() AS is_done
               FROM directory_syncs WHERE directory_id = $1`,
            )
            return isDone
          }),
        /** Milliseconds until there is a person with the address. */
        async milliseconds(userName: string, change: () => void): Promise<number> {
          const begun = performance.now()
          change()
          await until(`${userName} has arrived from ${type}`, async () => {
            const { rowCount } = await superuser.query(
              `SELECT FROM events WHERE directory_id = $1 AND type = 'directory.user.created' AND data::text LIKE $2`,
              [directoryId, `%${userName}%`],
            )
            return rowCount !== 0
          })
          return performance.now() - begun
        },
      }
    },
  }
}

type Services = Awaited<ReturnType<typeof startServices>>
type TellingDirectory = Awaited<ReturnType<Services['addDirectory']>>

/** A change at the source arrives, in so many milliseconds; whoever only pretends to be the source is refused, and nothing is read. */
async function tells(t: Test, directory: TellingDirectory, source: FakeDirectory): Promise<number> {
  await directory.rests()
  const milliseconds = await directory.milliseconds('new@acme.test', () => {
    source.addUser({ userName: 'new@acme.test' })
  })
  const run = await directory.row('SELECT occasion FROM sync_runs WHERE directory_id = $1 ORDER BY run_id DESC LIMIT 1')
  t.equal(run.occasion, 'notification')
  t.match(await directory.view(), { state: 'active', lastReceivedAt: Date, error: null })

  await directory.rests()
  const runs = () => directory.row('SELECT count(*)::int AS count FROM sync_runs WHERE directory_id = $1')
  const before = await runs()
  const pretence = { value: [{ clientState: 'x' }], eventType: 'com.okta.event_hook', data: { events: [{}] } }
  const headers = {
    'x-goog-channel-token': 'x',
    'x-goog-channel-id': 'x',
    'x-goog-resource-state': 'add',
    authorization: 'x',
  }
  const forged = await fetch(directory.address, { method: 'POST', headers, body: JSON.stringify(pretence) })
  t.equal(forged.status, 401)
  t.strictSame(await runs(), before)
  t.match(await directory.view(), { lastRefusedAt: Date })
  return milliseconds
}

t.test('what changes at Entra, Google and Okta is an event within seconds', async (t) => {
  const services = await startServices(t)

  t.test('Graph: subscriptions with a handshake, and what it says of their life', async (t) => {
    const graph = await startFakeGraph()
    t.teardown(() => graph.close())
    graph.directory.addUser({ userName: 'old@acme.test' })
    const directory = await services.addDirectory('AZURE_AD', graph.config)
    await until('Graph is subscribed to', async () => (await directory.view())?.state === 'active')
    const milliseconds = await tells(t, directory, graph.directory)
    t.ok(milliseconds < promisedMilliseconds, `change → event in ${Math.round(milliseconds)} ms`)
    const made = [...graph.subscriptions.made.keys()]
    await services.superuser.query(`UPDATE notification_channels SET made_at = now() - interval '1 hour'`)
    await graph.subscriptions.tell('reauthorizationRequired')
    await until('others are made and the old ones ended', async () => {
      const present = [...graph.subscriptions.made.keys()]
      return present.length === made.length && present.every((id) => !made.includes(id))
    })
    t.notOk((await graph.subscriptions.settled()).includes(401), 'nothing of it was refused')
  })

  t.test('Google: push channels', async (t) => {
    const google = await startFakeGoogle()
    t.teardown(() => google.close())
    const directory = await services.addDirectory('GOOGLE_WORKSPACE', google.config)
    await until('Google is subscribed to', async () => (await directory.view())?.state === 'active')
    t.ok(google.channels.open().length > 0)
    await tells(t, directory, google.directory)
  })

  t.test('Okta: an event hook that an administrator makes', async (t) => {
    const okta = await startFakeOkta()
    t.teardown(() => okta.close())
    okta.directory.addUser({ userName: 'old@acme.test' })
    const directory = await services.addDirectory('OKTA', okta.config)
    t.match(await directory.view(), { state: 'pending', kind: 'manual' })
    const { address, secret } = directory
    t.equal(
      await okta.registerHook({ address, secret: 'x' }),
      false,
      'the address is ours only for who knows the secret',
    )
    t.equal(await okta.registerHook({ address, secret }), true)
    await tells(t, directory, okta.directory)
  })
})
