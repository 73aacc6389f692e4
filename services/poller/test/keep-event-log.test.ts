import { openDatabase } from '@muster/repository'
import { createTestDatabase } from '@muster/testkit'
import pg from 'pg'
import t from 'tap'
import { readConfig } from '../src/config.ts'
import { taskTable } from '../src/tasks/task-table.ts'
import { testContext } from './support/task-context.ts'

t.test('the months of the event log are made ahead, and dropped by the setting', async (t) => {
  const urls = await createTestDatabase(t)
  const database = openDatabase({ url: urls.databaseUrl })
  t.teardown(() => database.close())
  const superuser = new pg.Client({ connectionString: urls.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  const months = async () => {
    const { rows } = await superuser.query(`SELECT inhrelid::regclass::text AS name FROM pg_inherits
      WHERE inhparent = 'events'::regclass AND inhrelid::regclass::text ~ '[0-9]' ORDER BY name`)
    return rows.map((row) => row.name)
  }
  const ahead = await months()
  await superuser.query(`DROP TABLE ${ahead.at(-1)}; ALTER TABLE events DETACH PARTITION events_first;
    CREATE TABLE events_2001_01 PARTITION OF events FOR VALUES FROM ('2001-01-01 00:00+00') TO ('2001-02-01 00:00+00')`)
  const keep = (days: number) => taskTable.keep_event_log?.run({ ...testContext(database), eventLog: { days } })
  await keep(0)
  t.same(await months(), ['events_2001_01', ...ahead], 'all is kept')
  await Promise.all([keep(400), keep(400)])
  t.same(await months(), ahead)
  t.match(taskTable.keep_event_log?.schedule, /^\d+ \* \* \* \*$/, 'every hour')
})

t.test('how long it is kept is all, or a month and more', async (t) => {
  const required = {
    DATABASE_URL: 'postgres://localhost/muster',
    MUSTER_INTERNAL_SECRET: 'a-secret-for-tests-of-at-least-thirty-two-characters',
    MUSTER_ROOT_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
  }
  const daysOf = (EVENT_LOG_DAYS?: string) =>
    readConfig({ ...required, ...(EVENT_LOG_DAYS !== undefined && { EVENT_LOG_DAYS }) }).eventLogDays
  t.same([daysOf(), daysOf('0'), daysOf('30'), daysOf('3650')], [400, 0, 30, 3_650])
  for (const wrong of ['29', '3651', '-1', '1.5', 'all']) t.throws(() => daysOf(wrong), /EVENT_LOG_DAYS must be 0, or/)
})
