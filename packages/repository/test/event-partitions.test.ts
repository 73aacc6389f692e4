import { newUuid } from '@muster/runtime/type-ids'
import type pg from 'pg'
import t from 'tap'
import {
  type Database,
  keepEventLog,
  listEvents,
  type OrganizationScope,
  read,
  readLog,
  transact,
} from '../src/index.ts'
import { stopAutovacuum } from './support/catalogue.ts'
import { cause } from './support/directory.ts'
import { openExplainedPool } from './support/explained-pool.ts'
import { connect, openInstallation } from './support/installation.ts'
import { eventsOf } from './support/reading.ts'

const draft = { type: 'directory.activated', directoryId: null, subjectId: newUuid(), data: {} } as const

function append(database: Database, scope: OrganizationScope): Promise<void> {
  return transact(database, scope, cause, async (tx) => tx.append([draft]))
}

async function partitionsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(`SELECT inhrelid::regclass::text AS name FROM pg_inherits
    WHERE inhparent = 'events'::regclass ORDER BY name`)
  return rows.map((row) => row.name)
}

async function rowsIn(client: pg.Client, partition: string): Promise<number> {
  return (await client.query(`SELECT FROM ${partition}`)).rowCount ?? 0
}

/** The name of the partition of the month that is so many behind this one; and its first instant. */
function monthAfter(months: number): { name: string; begins: Date } {
  const now = new Date()
  const begins = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months))
  return { name: `events_${begins.toISOString().slice(0, 7).replace('-', '_')}`, begins }
}

/** Has the first partition, which holds everything so far, end with the month before this one; and makes those of others. */
async function endFirstPartition(superuser: pg.Client, month: number, others: readonly number[] = []): Promise<void> {
  const from = (at: number) => `'${monthAfter(at).begins.toISOString()}'`
  for (const statement of [
    'ALTER TABLE events DETACH PARTITION events_first',
    'ALTER TABLE events_first RENAME TO everything',
    `CREATE TABLE events_first PARTITION OF events FOR VALUES FROM (MINVALUE) TO (${from(month)})`,
    ...others.map(
      (at) =>
        `CREATE TABLE ${monthAfter(at).name} PARTITION OF events FOR VALUES FROM (${from(at)}) TO (${from(at + 1)})`,
    ),
    'INSERT INTO events SELECT * FROM everything',
    'DROP TABLE everything',
  ]) {
    await superuser.query(statement)
  }
}

/** Gives each of the organization's events so far the time of a month, by their order, behind the log's back. */
async function moveToMonths(superuser: pg.Client, { organizationId }: OrganizationScope, months: number[]) {
  for (const [index, month] of months.entries()) {
    await superuser.query('UPDATE events SET occurred_at = $1 WHERE organization_id = $2 AND sequence = $3', [
      monthAfter(month).begins,
      organizationId,
      index + 1,
    ])
  }
}

t.test('what the services can do to partitions: nothing but call two functions that refuse too much', async (t) => {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const acme = await addOrganization()
  await append(database, acme)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const app = await connect(t, testDatabase.databaseUrl)
  const partitions = await partitionsOf(superuser)
  t.same(
    partitions,
    [...[1, 2, 3].map((month) => monthAfter(month).name), 'events_first', 'events_unprepared'],
    'this month and three more',
  )
  await app.query(`SET muster.organization_id = '${acme.organizationId}'`)
  await app.query("SET muster.followers = 'on'")
  const refusal = (text: string) =>
    app.query(text).then(
      () => 'done',
      (error) => error.code,
    )
  for (const name of partitions) {
    for (const statement of [
      `SELECT FROM ${name}`,
      `UPDATE ${name} SET data = '{"erased":true}'`,
      `DELETE FROM ${name}`,
      `INSERT INTO ${name} SELECT * FROM events`,
      `ALTER TABLE events DETACH PARTITION ${name}`,
      `DROP TABLE ${name}`,
    ]) {
      t.equal(await refusal(statement), '42501', statement)
    }
  }
  t.equal(await refusal('SELECT event_partitions()'), '42501')
  for (const call of [
    'prepare_event_partitions(-1)',
    'prepare_event_partitions(25)',
    'prepare_event_partitions(NULL)',
    "drop_event_partitions(now() - interval '30 days' + interval '1 second')",
    "drop_event_partitions('infinity')",
    'drop_event_partitions(NULL)',
  ]) {
    t.equal(await refusal(`SELECT ${call}`), 'P0001', call)
  }
  t.equal(await refusal("SELECT drop_event_partitions('-infinity')"), 'done')
  t.same(await partitionsOf(superuser), partitions)
  t.equal((await eventsOf(database, acme)).length, 1)
})

t.test('months are dropped when they are old enough; who reads from there is told', async (t) => {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const [acme, quiet, busy] = [await addOrganization(), await addOrganization('Quiet'), await addOrganization('Busy')]
  const superuser = await connect(t, testDatabase.superuserUrl)
  for (let count = 0; count < 6; count++) await append(database, acme)
  for (let count = 0; count < 2; count++) await append(database, quiet)
  // As if it had run for years: this month has a partition of its own, and those before.
  const past = [-20, -19, -16, -12, -3, 0]
  await endFirstPartition(superuser, -20, past)
  await moveToMonths(superuser, acme, past)
  await moveToMonths(superuser, quiet, [-20, -19])
  await append(database, busy)
  const sequences = async (scope: OrganizationScope) => (await eventsOf(database, scope)).map((event) => event.sequence)
  t.same(await sequences(acme), [1, 2, 3, 4, 5, 6], 'in order over all months')

  t.same(await keepEventLog(database, { monthsAhead: 3, days: undefined }), { prepared: 0, dropped: 0 })
  t.same(await keepEventLog(database, { monthsAhead: 3, days: 400 }), { prepared: 0, dropped: 4 })
  t.same(await keepEventLog(database, { monthsAhead: 3, days: 400 }), { prepared: 0, dropped: 0 })
  t.same(await sequences(acme), [4, 5, 6])
  t.same(await sequences(quiet), [])
  const from = (scope: OrganizationScope, after: number, query = {}) =>
    read(database, scope, (reader) => readLog(reader, query, { after, limit: 2 })).then((page) =>
      page.map((event) => event.sequence),
    )
  for (const after of [0, 1, 2]) {
    await t.rejects(from(acme, after), {
      code: 'gone',
      status: 410,
      detail: /begins with sequence number 4\..*snapshot/,
    })
    await t.rejects(
      from(acme, after, { types: ['directory.deleted'] }),
      { code: 'gone' },
      'also when a filter shows none',
    )
  }
  t.same(await from(acme, 3), [4, 5])
  t.same(await from(acme, 3, { types: ['directory.deleted'] }), [])
  t.same([await from(acme, 6), await from(acme, 1_000)], [[], []], 'the end, and beyond')
  for (const after of [0, 1]) await t.rejects(from(quiet, after), { code: 'gone', detail: /number 3\./ }, 'all is gone')
  t.same(await from(quiet, 2), [])
  t.same(await from(busy, 0), [1])
  await append(database, quiet)
  t.same(
    [await from(quiet, 2), await read(database, quiet, (r) => listEvents(r, {}, { after: 0, limit: 1 }))].map(
      (page) => page.length,
    ),
    [1, 1],
  )

  t.same(await keepEventLog(database, { monthsAhead: 3, days: 30 }), { prepared: 0, dropped: 2 })
  t.same(await sequences(acme), [6])
})

t.test('what came while nobody prepared months is kept, and moves where it belongs', async (t) => {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const acme = await addOrganization()
  const superuser = await connect(t, testDatabase.superuserUrl)
  for (let count = 0; count < 4; count++) await append(database, acme)
  const before = await eventsOf(database, acme)
  // The months from this one on are missing, as after a long rest; and so is one that passed.
  for (const month of [1, 2, 3]) await superuser.query(`DROP TABLE ${monthAfter(month).name}`)
  await endFirstPartition(superuser, -2)
  await moveToMonths(superuser, acme, [-3, -2, 0, 5])
  t.equal(await rowsIn(superuser, 'events_unprepared'), 3)

  let writing = true
  const writers = Array.from({ length: 4 }, async () => {
    let written = 0
    for (; writing; written++) await append(database, acme)
    return written
  })
  const prepare = async () => (await keepEventLog(database, { monthsAhead: 3, days: undefined })).prepared
  t.same((await Promise.all([prepare(), prepare()])).sort(), [0, 6], 'once, whoever asks; months that passed, too')
  writing = false
  const written = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0)
  t.same(
    await Promise.all(
      ['events_first', ...[-2, -1, 0, 1].map((month) => monthAfter(month).name)].map((name) => rowsIn(superuser, name)),
    ),
    [1, 1, 0, 1 + written, 0],
  )
  t.equal(await rowsIn(superuser, 'events_unprepared'), 1, 'the month of the last is not prepared yet')
  t.equal((await keepEventLog(database, { monthsAhead: 5, days: undefined })).prepared, 2)
  t.equal(await rowsIn(superuser, 'events_unprepared'), 0)
  const after = await eventsOf(database, acme)
  t.same(
    after.map(({ sequence }) => sequence),
    Array.from({ length: 4 + written }, (_, index) => index + 1),
  )
  t.same(
    after.slice(0, 4).map(({ id }) => id),
    before.map(({ id }) => id),
  )
  for (const name of [-2, 0, 5].map((month) => monthAfter(month).name)) {
    const { rows } = await superuser.query(`SELECT relrowsecurity FROM pg_class WHERE oid = '${name}'::regclass`)
    t.same(rows, [{ relrowsecurity: true }], `${name} shows nothing by itself`)
  }
})

t.test('reading on takes what it shows, however many months and events there are', async (t) => {
  const installation = await openInstallation(t)
  const { testDatabase, addOrganization } = installation
  const [acme, other] = [await addOrganization(), await addOrganization('Other')]
  const superuser = await connect(t, testDatabase.superuserUrl)
  await endFirstPartition(superuser, -12, [-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0])
  await stopAutovacuum(superuser)
  const early = await openExplainedPool(t, installation, { plan_cache_mode: 'force_generic_plan' })
  const readPage = (pool: typeof early, after: number) =>
    pool.during(() => read(pool.database, acme, (reader) => readLog(reader, {}, { after, limit: 100 })))
  await readPage(early, 0)
  const eventsOfAYear = 13_000
  for (const { organizationId } of [acme, other]) {
    await superuser.query(
      `INSERT INTO events (organization_id, sequence, event_id, type, subject_id, cause, data, occurred_at)
      SELECT $1, n, gen_random_uuid(), 'directory.user.updated', gen_random_uuid(), '{}', '{}', $2::timestamptz + n * $3::interval
      FROM generate_series(1, ${eventsOfAYear}) n`,
      [organizationId, monthAfter(-12).begins, `${(365 * 86_400) / eventsOfAYear} seconds`],
    )
    await superuser.query('UPDATE event_sequences SET last_sequence = $2 WHERE organization_id = $1', [
      organizationId,
      eventsOfAYear,
    ])
  }
  for (const plans of ['early', 'auto', 'force_generic_plan', 'with statistics']) {
    if (plans === 'with statistics') await superuser.query('ANALYZE')
    const settings: Record<string, string> = plans === 'with statistics' ? {} : { plan_cache_mode: plans }
    const pool = plans === 'early' ? early : await openExplainedPool(t, installation, settings)
    for (const after of [0, 6_500, eventsOfAYear]) {
      const statements = await readPage(pool, after)
      t.ok(statements.length > 0)
      t.same(
        statements.filter(({ mostRows }) => mostRows > 120).map(({ where, mostRows }) => `${where}: ${mostRows}`),
        [],
        `${plans}, behind ${after}`,
      )
    }
  }
})
