import type { EventType } from '@muster/events'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import t, { type Test } from 'tap'
import {
  type Database,
  deleteDirectory,
  type EventView,
  erasePerson,
  listBehind,
  listDailyTallies,
  listDirectoryTallies,
  listInstallationTallies,
  type OrganizationScope,
  read,
  tallyLog,
  tallyNow,
  transact,
} from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { openExplainedPool } from './support/explained-pool.ts'
import { connect, killOne, openInstallation, openTestPool } from './support/installation.ts'
import { passIfCutOff, playerOf, randomCommands } from './support/random-commands.ts'
import { eventsOf } from './support/reading.ts'

const always = { from: '2000-01-01', to: '2099-12-31' }

/** What a plain walk through the log counts: directory and day → numbers, those that are not zero. */
function countEvents(events: readonly EventView[]): Record<string, Record<string, number | string>> {
  const counts = new Map<string, Record<string, number | string>>()
  for (const { type, directoryId, timestamp, data } of events) {
    const key = `${directoryId ?? 'none'} ${timestamp.toISOString().slice(0, 10)}`
    const counted = counts.get(key) ?? {}
    const add = (name: string, by: number) => {
      counted[name] = Number(counted[name] ?? 0) + by
      counts.set(key, counted)
    }
    const [, noun, verb] = type.split('.') as [string, string, string | undefined]
    const plural = { user: 'users', group: 'groups' }[noun]
    if (type.startsWith('directory.group.user_')) add('membershipChanges', (data.userIds as string[]).length)
    else if (plural === 'users' && verb !== 'synced' && verb !== 'erased') add(`users ${verb}`, 1)
    else if (plural === 'groups' && verb !== 'updated') add(`groups ${verb}`, 1)
    else if (noun === 'sync_failed') add('syncsFailed', 1)
    else if (noun === 'sync_completed') {
      add('syncsCompleted', 1)
      add('syncMilliseconds', Number((data.stats as { duration?: number }).duration ?? 0))
      const last = String(counted.lastSyncAt ?? '')
      counted.lastSyncAt = [last, timestamp.toISOString()].sort().at(-1) ?? ''
    }
  }
  return Object.fromEntries([...counts].sort())
}

const names: Record<string, string> = {
  usersCreated: 'users created',
  usersUpdated: 'users updated',
  usersDeactivated: 'users deactivated',
  usersReactivated: 'users reactivated',
  usersDeleted: 'users deleted',
  groupsCreated: 'groups created',
  groupsDeleted: 'groups deleted',
}

/** The same of the tallies of these directories. */
async function talliesOf(database: Database, scope: OrganizationScope, directoryIds: readonly string[]) {
  const found: [string, Record<string, unknown>][] = []
  for (const directoryId of directoryIds) {
    const uuid = fromTypeId('directory', directoryId) ?? nobody
    const days = await read(database, scope, (reader) => listDailyTallies(reader, always, { directoryId: uuid }))
    for (const { day, ...tally } of days) {
      const told = Object.entries(tally).filter(([, value]) => value !== 0 && value !== null)
      const plain = told.map(([name, value]) => [
        names[name] ?? name,
        value instanceof Date ? value.toISOString() : value,
      ])
      found.push([`${directoryId} ${day}`, Object.fromEntries(plain)])
    }
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const nobody = '00000000-0000-0000-0000-000000000000'

async function assertCounted(t: Test, database: Database, scope: OrganizationScope, what: string): Promise<void> {
  const events = await eventsOf(database, scope)
  const directoryIds = ['none', ...new Set(events.flatMap((event) => event.directoryId ?? []))]
  t.same(await talliesOf(database, scope, directoryIds), countEvents(events), `${what} (seed ${seed})`)
}

t.test('two who count beside eight who write, all of them cut off now and then, count each event once', async (t) => {
  t.comment(`seed ${seed}`)
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  const directories = [await addDirectory(database, scope, 'First'), await addDirectory(database, scope, 'Second')]
  const commands = randomCommands(seed, times(300, 2_000))
  const play = playerOf(directories)
  let writing = true
  const counters = [1, 2].map(async () => {
    const own = openTestPool(t, testDatabase.databaseUrl, 1)
    let counted = 0
    while (writing) {
      for (const follower of (await listBehind(own, ['tally']).catch(passIfCutOff)) ?? []) {
        if (await tallyLog(own, follower).catch(passIfCutOff)) counted++
      }
    }
    return counted
  })
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let command = commands.pop(); command !== undefined; command = commands.pop()) {
        if (commands.length % 25 === 0) await killOne(superuser)
        await play(command).catch(passIfCutOff)
      }
    }),
  )
  writing = false
  const pages = await Promise.all(counters)
  t.ok(
    pages.every((count) => count > 0),
    `both counted: ${pages} pages`,
  )
  const last = (await eventsOf(database, scope)).at(-1)?.sequence
  t.equal(await tallyNow(database, scope), last)
  await assertCounted(t, database, scope, 'as the log says')
  await transact(database, scope, cause, (tx) => deleteDirectory(tx, directories[1]?.directoryId ?? ''))
  await tallyNow(database, scope)
  await assertCounted(t, database, scope, 'a directory that is gone keeps its numbers')
})

t.test('days, sync runs, and what is missing or erased', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const [scope, other] = [await addOrganization(), await addOrganization('Other')]
  const directory = await addDirectory(database, scope)
  const jane = await directory.createUser(userDocument('jane@acme.test'))
  await directory.createGroup('Engineering', [jane])
  const ended = (type: EventType, data: object) => ({
    ...{ type, directoryId: directory.directoryId, subjectId: directory.directoryId, data: { ...data } },
  })
  await transact(database, scope, cause, async (tx) => {
    tx.append([
      ended('directory.sync_completed', { stats: { duration: 1_500 } }),
      ended('directory.sync_completed', { stats: { duration: 2_500.4 } }),
      ended('directory.sync_completed', { stats: { duration: 'long' } }),
      ended('directory.sync_completed', {}),
      ended('directory.sync_failed', { error: { message: 'gone' } }),
      { ...ended('directory.user.updated', {}), directoryId: null },
    ])
  })
  // Every event a day later than the one before, the last ones at midnight and right before it.
  await superuser.query(
    `UPDATE events SET occurred_at = '2026-02-27T12:00:00Z'::timestamptz + interval '1 day' * sequence
    WHERE organization_id = $1`,
    [scope.organizationId],
  )
  await superuser.query(
    `UPDATE events SET occurred_at = CASE WHEN sequence % 2 = 0 THEN '2025-12-31T23:59:59.999Z'::timestamptz
    ELSE '2026-01-01T00:00:00Z' END WHERE organization_id = $1 AND type = 'directory.sync_completed'`,
    [scope.organizationId],
  )
  const userId = (await superuser.query('SELECT user_id FROM users')).rows[0].user_id
  await transact(database, scope, cause, (tx) => erasePerson(tx, userId))
  await tallyNow(database, scope)
  const sum = (await read(database, scope, (reader) => listDailyTallies(reader, always))).reduce(
    (total, day) => ({
      created: total.created + day.usersCreated,
      updated: total.updated + day.usersUpdated,
      milliseconds: total.milliseconds + day.syncMilliseconds,
      runs: total.runs + day.syncsCompleted + day.syncsFailed,
    }),
    { created: 0, updated: 0, milliseconds: 0, runs: 0 },
  )
  t.same(sum, { created: 1, updated: 1, milliseconds: 4_000, runs: 5 }, 'an erased person was created all the same')
  const turn = { from: '2025-12-31', to: '2026-01-01' }
  const days = await read(database, scope, (reader) => listDailyTallies(reader, turn))
  t.same(
    days.map(({ day, syncsCompleted }) => [day, syncsCompleted]),
    [
      ['2025-12-31', 2],
      ['2026-01-01', 2],
    ],
  )
  t.same(
    days.map(({ lastSyncAt }) => lastSyncAt?.toISOString()),
    ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z'],
  )
  t.same(
    await read(database, other, (reader) => listDailyTallies(reader, always)),
    [],
    'nothing of another organization',
  )
  t.equal(await tallyNow(database, other), 0)
})

t.test('what is asked for is read by its days, in an installation of many', async (t) => {
  const installation = await openInstallation(t)
  const { addOrganization, database, right } = installation
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  await superuser.query('ALTER TABLE daily_tallies SET (autovacuum_enabled = off)')
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const early = await openExplainedPool(t, installation, {})
  const [organizations, directories, days] = [30, 4, 400]
  const range = { from: '2026-03-01', to: '2026-03-30' }
  const readings = {
    'an organization': (pool: Database) => read(pool, scope, (reader) => listDailyTallies(reader, range)),
    'a directory': (pool: Database) =>
      read(pool, scope, (reader) => listDailyTallies(reader, range, { directoryId: directory.directoryId })),
    'its directories': (pool: Database) =>
      read(pool, scope, (reader) => listDirectoryTallies(reader, range, { after: undefined, limit: 100 })),
    'the installation': (pool: Database) => listInstallationTallies(pool, right, range),
  }
  const rowsMax = {
    ...{ 'an organization': 30 * directories, 'a directory': 30, 'its directories': 30 },
    'the installation': 30 * organizations * directories,
  }
  for (const work of Object.values(readings)) await work(early.database)
  const own = await addDirectory(database, scope, 'Second')
  await superuser.query(
    `INSERT INTO daily_tallies (organization_id, directory_id, day, users_created)
     SELECT o.id, d.id, day::date, 1 FROM unnest($1::uuid[]) WITH ORDINALITY o (id, number)
     CROSS JOIN LATERAL (SELECT CASE WHEN number > 1 OR n > 2 THEN gen_random_uuid() WHEN n = 1 THEN $2::uuid ELSE $3::uuid END AS id
       FROM generate_series(1, $4::int) n OFFSET 0) d
     CROSS JOIN generate_series('2026-12-31'::date - $5::int + 1, '2026-12-31', interval '1 day') day`,
    [
      [scope.organizationId, ...Array.from({ length: organizations - 1 }, () => newUuid())],
      ...[directory.directoryId, own.directoryId, directories, days],
    ],
  )
  for (const hasStatistics of [false, true]) {
    if (hasStatistics) await superuser.query('ANALYZE daily_tallies')
    for (const pool of [early, await openExplainedPool(t, installation, {})]) {
      for (const [name, work] of Object.entries(readings)) {
        const statements = await pool.during(async () => {
          const rows = await work(pool.database)
          const created = rows.reduce((total, { usersCreated }) => total + usersCreated, 0)
          t.equal(created, name === 'its directories' ? 60 : rowsMax[name as keyof typeof rowsMax], name)
        })
        const most = Math.max(...statements.map(({ mostRows }) => mostRows))
        const allowed = name === 'its directories' ? 60 : rowsMax[name as keyof typeof rowsMax]
        t.ok(most <= allowed, `${name}: ${most} rows of ${organizations * directories * days}`)
      }
    }
  }
})
