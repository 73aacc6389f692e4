import { parseFilter, parseSort, profiles, standardResourceTypes } from '@muster/scim'
import t from 'tap'
import { type Database, listDirectoryUsers, type OrganizationScope, read } from '../src/index.ts'
import { addDirectory, userDocument } from './support/directory.ts'
import { connect, openInstallation, openTestPool } from './support/installation.ts'
import { recordStatements } from './support/statements.ts'

const types = standardResourceTypes

interface Directory {
  database: Database
  scope: OrganizationScope
  directoryId: string
}

function list({ database, scope, directoryId }: Directory, filter: string | undefined, sortBy?: string) {
  const place = { directoryId, baseUrl: 'https://muster.test', types }
  const selection = {
    filter: filter === undefined ? undefined : parseFilter(filter, types.user, profiles.compatible),
    sort: parseSort({ sortBy }, types.user, profiles.compatible),
  }
  return read(database, scope, (reader) =>
    listDirectoryUsers(
      reader,
      place,
      selection,
      { limit: 10, from: { offset: 0 }, wantsTotal: true },
      { withGroups: true },
    ),
  )
}

t.test('#117 #119 whatever a filter says is a parameter, behind organization and directory', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const [scope, other] = [await addOrganization(), await addOrganization()]
  const here = await addDirectory(database, scope)
  for (const directory of [await addDirectory(database, scope, 'Beside'), await addDirectory(database, other)]) {
    await directory.createUser(userDocument('stranger@acme.test', { title: 'Spy', displayName: '%' }))
  }
  const odd = ['%', '_', '\\', "'", '"', "' OR true --", '$1', '); DROP TABLE users; --', 'a%b']
  for (const [at, title] of odd.entries())
    await here.createUser(userDocument(`user-${at}@acme.test`, { title, displayName: title }))
  const directory = { database, scope, directoryId: here.directoryId }
  for (const text of odd) {
    for (const [attribute, operator] of [
      ['title', 'eq'],
      ['title', 'co'],
      ['displayName', 'sw'],
      ['displayName', 'ew'],
    ] as const) {
      const filter = `${attribute} ${operator} ${JSON.stringify(text)}`
      const statements = await recordStatements(() => list(directory, filter))
      t.notOk(
        statements.some((statement) => statement.text.includes(text) && text.length > 2),
        `${filter} is no part of a statement`,
      )
      const { rows } = await list(directory, filter)
      const found = rows.map((row) => JSON.parse(row.documentText).title)
      const matches = {
        eq: odd.filter((one) => one === text),
        co: odd.filter((one) => one.includes(text)),
        sw: odd.filter((one) => one.startsWith(text)),
        ew: odd.filter((one) => one.endsWith(text)),
      }
      t.same(found.sort(), matches[operator].sort(), filter)
    }
  }
  for (const filter of [
    'title pr or title pr',
    'not (title eq "x")',
    'title eq "Spy" or userName sw "s"',
    'not (id eq "x") or active eq true',
  ]) {
    const { total, rows } = await list(directory, filter)
    t.notOk(
      rows.some((row) => row.documentText.includes('Spy')),
      filter,
    )
    t.ok((total ?? 99) <= odd.length)
  }
})

t.test('shapes without end do not use up the names of prepared statements', async (t) => {
  const { database, addOrganization } = await openInstallation(t, { connectionsMax: 1 })
  const scope = await addOrganization()
  const { directoryId } = await addDirectory(database, scope)
  const directory = { database, scope, directoryId }
  const named = async () => {
    const client = await database.pool.connect()
    const { rows } = await client.query('SELECT count(*)::int AS count FROM pg_prepared_statements')
    client.release()
    return rows[0].count
  }
  const familiar = [
    'userName eq "a"',
    'externalId eq "a"',
    'id eq "a" and manager eq "b"',
    'emails[type eq "a" and value eq "b"]',
  ]
  for (const filter of familiar) await list(directory, filter)
  const before = await named()
  for (let n = 1; n <= 60; n++) {
    await list(
      directory,
      Array.from({ length: n }, (_, k) => `title ${k % 2 ? 'co' : 'sw'} "x${k}"`).join(n % 2 ? ' or ' : ' and '),
    )
    await list(directory, Array.from({ length: n }, (_, k) => `userName eq "x${k}"`).join(' or '))
  }
  const after = await named()
  t.ok(after - before <= 4, `${after - before} names for 120 shapes`)
  for (const filter of familiar) await list(directory, filter)
  t.equal(await named(), after)
})

t.test('#53 #56 a search that takes too long is refused, and the next one is not', async (t) => {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const here = await addDirectory(database, scope)
  for (let n = 0; n < 20; n++) await here.createUser(userDocument(`user-${n}@acme.test`, { title: `T ${n}` }))
  const slow = openTestPool(t, testDatabase.databaseUrl, 1)
  const directory = { database: slow, scope, directoryId: here.directoryId }
  const superuser = await connect(t, testDatabase.superuserUrl)
  // As if the directory were too large: whoever reads users waits for this lock until the time is up.
  const limits: string[] = []
  const statements = await recordStatements(() => list(directory, 'title co "T"'))
  for (const { text } of statements) if (/statement_timeout/.test(text)) limits.push(text)
  t.same(new Set(limits), new Set(['SET statement_timeout = 10000', 'RESET statement_timeout']))
  await superuser.query('BEGIN; LOCK TABLE directory_users')
  const started = Date.now()
  await t.rejects(list(directory, 'title co "T"'), { name: 'MusterError', code: 'tooMany', detail: /10 seconds/ })
  t.ok(Date.now() - started < 20_000, 'before the time of any other statement')
  await superuser.query('ROLLBACK')
  t.equal((await list(directory, 'title co "T"')).total, 20)
  const client = await slow.pool.connect()
  t.match((await client.query('SHOW statement_timeout')).rows, [{ statement_timeout: '30s' }])
  client.release()
  const indexed = await recordStatements(() => list(directory, 'userName eq "user-1@acme.test"'))
  t.notOk(
    indexed.some(({ text }) => /statement_timeout/.test(text)),
    'what an index finds needs no limit',
  )
})
