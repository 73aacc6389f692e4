import { createDirectoryUsers, type EventView, tallyLog, transact } from '@muster/repository'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { readPeriod } from '../src/analytics/periods.ts'
import { addOrganization, type Body, type Installation, rowsOf, startInstallation } from './support/installation.ts'

const path = '/api/analytics/directory-sync'

/** Appends the ends of sync runs to the log of a directory. */
async function endRuns({ scopeOf, database }: Installation, organizationId: string, directoryTypeId: string) {
  const directoryId = fromTypeId('directory', directoryTypeId) ?? ''
  const subject = { directoryId, subjectId: directoryId }
  const run = (duration: number) =>
    ({ type: 'directory.sync_completed', ...subject, data: { stats: { duration } } }) as const
  await transact(database, await scopeOf(organizationId), { kind: 'sync', id: 'run' }, async (tx) => {
    tx.append([
      run(1_000),
      run(2_001),
      { type: 'directory.sync_failed', ...subject, data: { error: { message: 'no' } } },
    ])
  })
}

t.test('an organization, its directories and the installation in numbers', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey, database, scopeOf } = installation
  const acme = await addOrganization(installation, 'Acme')
  const other = await addOrganization(installation, 'Other')
  await endRuns(installation, acme.id, acme.directoryId)
  const { body: second } = await call(acme.admin, 'POST', '/api/directory', { name: 'Second', type: 'SCIM' })
  const events = (await call(acme.viewer, 'GET', '/api/events?limit=1000')).body.data as EventView[]
  const today = new Date().toISOString().slice(0, 10)
  const expected = {
    ...{ syncCount: 3, usersCreated: 2, usersUpdated: 0, usersDeactivated: 0, usersReactivated: 0, usersDeleted: 0 },
    ...{ groupsCreated: 1, groupsDeleted: 0, membershipChanges: 2, avgDuration: 1_501, errorRate: 1 / 3 },
  }
  const { status, body } = await call(acme.viewer, 'GET', path)
  t.equal(status, 200)
  const { days, lastSync, period, ...sums } = body
  t.same(sums, { ...expected, countedTo: events.at(-1)?.sequence }, 'the log up to its last event')
  t.match(lastSync, new RegExp(`^${today}T`))
  t.equal((days as object[]).length, 30)
  t.same((days as object[]).at(-1), { date: today, ...expected })
  t.match((days as object[])[0], { usersCreated: 0, avgDuration: null, errorRate: null }, 'a day without anything')
  t.same(period, { from: (days as Body[])[0]?.date, to: today })

  const asOperator = await call(operatorKey, 'GET', `${path}?organizationId=${acme.id}`)
  t.same(asOperator.body, body)
  const ofDirectory = (id: string) => call(acme.viewer, 'GET', `${path}?period=last_24_hours&directoryId=${id}`)
  t.match((await ofDirectory(acme.directoryId)).body, { syncCount: 3, usersCreated: 2, days: { length: 2 } })
  const [foreign, empty] = [await ofDirectory(other.directoryId), await ofDirectory(second.id)]
  t.equal(foreign.text, empty.text, 'a foreign directory is as one in which nothing happened')
  t.match(empty.body, { usersCreated: 0, lastSync: null, errorRate: null })

  const organizationId = (await scopeOf(other.id)).organizationId
  await tallyLog(database, { kind: 'tally', organizationId, followerId: organizationId })
  const all = (await call(operatorKey, 'GET', path)).body
  t.match(all, { usersCreated: 4, syncCount: 3, countedTo: null, avgDuration: 1_501 }, 'both organizations')
  const unclear = await call(operatorKey, 'GET', `${path}?directoryId=${acme.directoryId}`)
  t.equal(unclear.status, 400)
})

t.test('directories as a list', async (t) => {
  const installation = await startInstallation(t)
  const { call, database, scopeOf } = installation
  const acme = await addOrganization(installation, 'Acme')
  const { body: second } = await call(acme.admin, 'POST', '/api/directory', { name: 'Second', type: 'SCIM' })
  const documents = [1, 2, 3].map((number) => ({ userName: `more-${number}` }))
  await transact(database, await scopeOf(acme.id), { kind: 'api', id: 'test' }, async (tx) => {
    const drafts = documents.map((document) => ({ directoryUserId: newUuid(), document }))
    await createDirectoryUsers(tx, fromTypeId('directory', second.id) ?? '', drafts)
  })
  const list = await call(acme.viewer, 'GET', '/api/analytics/directories?period=last_7_days')
  t.same(
    rowsOf(list).map(({ id, name, type, status, usersCreated }) => ({ id, name, type, status, usersCreated })),
    [
      { id: acme.directoryId, name: 'Acme SCIM', type: 'SCIM', status: 'PENDING', usersCreated: 2 },
      { id: second.id, name: 'Second', type: 'SCIM', status: 'PENDING', usersCreated: 3 },
    ],
  )
  const first = await call(acme.viewer, 'GET', '/api/analytics/directories?limit=1')
  t.equal(first.body.nextCursor, acme.directoryId)
  const next = await call(acme.viewer, 'GET', `/api/analytics/directories?limit=1&after=${first.body.nextCursor}`)
  t.same([rowsOf(next)[0]?.id, next.body.nextCursor], [second.id, null])
  t.same((await call(acme.viewer, 'GET', '/api/analytics/directories/count')).body, { count: 2 })
  await call(acme.admin, 'DELETE', `/api/directory/${second.id}`)
  t.equal(rowsOf(await call(acme.viewer, 'GET', '/api/analytics/directories')).length, 1)
  t.match((await call(acme.viewer, 'GET', path)).body, { usersCreated: 5 }, 'the sums keep what was deleted')
})

t.test('periods', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const ask = (query: string) => installation.call(acme.viewer, 'GET', `${path}?${query}`)
  for (const query of [
    'period=last_year',
    'period=last_7_days&from=2026-01-01',
    'to=2026-01-01',
    'from=2026-02-01&to=2026-01-31',
    'from=2026-02-30',
    'from=1999-12-31',
    'from=2020-01-01&to=2026-01-01',
    'from=2026-1-1',
    'from=2026-01-01T00:00:00Z',
  ]) {
    t.equal((await ask(query)).status, 400, query)
  }
  const one = (await ask('from=2024-02-29&to=2024-02-29')).body
  t.same([one.period, (one.days as unknown[]).length], [{ from: '2024-02-29', to: '2024-02-29' }, 1])
  t.equal((await ask('from=2021-01-01&to=2025-12-31')).status, 200, 'five years')
  const now = new Date('2024-02-29T23:30:00Z')
  t.same(readPeriod({}, now), { from: '2024-01-31', to: '2024-02-29' })
  t.same(readPeriod({ period: 'last_24_hours' }, now), { from: '2024-02-28', to: '2024-02-29' })
  t.same(readPeriod({ period: 'last_12_months' }, now), { from: '2023-03-02', to: '2024-02-29' })
})
