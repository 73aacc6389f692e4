import { createHash } from 'node:crypto'
import {
  authenticateApiKey,
  chooseOrganization,
  createDirectory,
  createOperatorKey,
  createOrganization,
  listEvents,
  openDatabase,
  openRunHold,
  read,
  transact,
} from '@muster/repository'
import { createTestDatabase } from '@muster/testkit'
import pg from 'pg'
import t from 'tap'
import { taskTable } from '../src/tasks/task-table.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const

t.test('open holds are told of once a day, by schedule', async (t) => {
  const urls = await createTestDatabase(t)
  const database = openDatabase({ url: urls.databaseUrl })
  t.teardown(() => database.close())
  const hash = createHash('sha256').update('operator').digest()
  await createOperatorKey({ migrationDatabaseUrl: urls.migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const operator = await authenticateApiKey(database, hash)
  if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  const { organizationId } = await createOrganization(database, operator.right, { name: 'Acme' })
  const scope = await chooseOrganization(database, operator.right, organizationId)
  if (scope === undefined) throw new Error('The organization is gone')
  await transact(database, scope, cause, async (tx) => {
    const { directoryId } = await createDirectory(tx, { name: 'SCIM', type: 'SCIM', scimProfile: 'strict' })
    await openRunHold(tx, directoryId, { users: 1_000, groups: 0, memberships: 0 })
  })
  const superuser = new pg.Client({ connectionString: urls.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  await superuser.query(`UPDATE holds SET created_at = created_at - interval '1 day'`)

  t.match(taskTable.remind_holds?.schedule, /^\d+ \* \* \* \*$/, 'every hour')
  const run = () => taskTable.remind_holds?.run(testContext(database))
  await Promise.all([run(), run()])
  await run()
  const events = await read(database, scope, (reader) => listEvents(reader, {}, { after: 0, limit: 10 }))
  t.same(
    events.map(({ type, cause: { id } }) => [type, id]),
    [
      ['hold.created', 'test'],
      ['hold.pending', 'remind_holds'],
    ],
  )
})
