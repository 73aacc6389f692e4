import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { newSecretKey } from '@muster/runtime/secret-box'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type pg from 'pg'
import t, { type Test } from 'tap'
import {
  addApiKey,
  addDirectoryToken,
  authenticateApiKey,
  authenticateScimToken,
  chooseOrganization,
  createDirectory,
  deleteDirectory,
  dropDatabase,
  getOrganization,
  isDatabaseReady,
  listApiKeys,
  listDirectoryTokens,
  listOrganizations,
  migrate,
  openDirectoryConfig,
  provisionDatabase,
  type RootKeys,
  read,
  revokeApiKey,
  revokeDirectoryToken,
  rewrapDataKeys,
  sealDirectoryConfig,
  touchDirectoryToken,
  transact,
} from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { connect, openInstallation, openTestPool } from './support/installation.ts'

/** A database without a table, with the roles of this run. */
async function provisionEmpty(
  t: Test,
  testDatabase: { superuserUrl: string; databaseUrl: string; migrationDatabaseUrl: string },
) {
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  const { superuserUrl } = testDatabase
  t.teardown(() => dropDatabase({ superuserUrl, name }))
  const login = (url: string) => ({ name: new URL(url).username, password: new URL(url).password })
  const app = login(testDatabase.databaseUrl)
  const urls = await provisionDatabase({
    superuserUrl,
    database: name,
    owner: login(testDatabase.migrationDatabaseUrl),
    app,
  })
  return { ...urls, appRole: app.name }
}

t.test('migrations', async (t) => {
  const { testDatabase } = await openInstallation(t)
  const { appRole, databaseUrl, migrationDatabaseUrl } = await provisionEmpty(t, testDatabase)
  const program = fileURLToPath(new URL('./support/migrate-once.ts', import.meta.url))
  const database = openTestPool(t, databaseUrl)
  t.notOk(await isDatabaseReady(database), 'an empty database is not ready')
  const runs = await Promise.all(
    Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, [program, migrationDatabaseUrl, appRole])),
  )
  const applied = runs.map(({ stdout }) => JSON.parse(stdout)).sort((a, b) => b.length - a.length)
  t.ok(applied[0].length >= 4)
  t.same(applied.slice(1), [[], []], 'of three at once one applies all, the others nothing')
  t.ok(await isDatabaseReady(database))
  t.same(await migrate({ migrationDatabaseUrl, appRole }), { applied: [] }, 'again: nothing to do')
  await t.rejects(migrate({ migrationDatabaseUrl, appRole: 'nobody' }), /role "nobody".*does not exist/)
  const owner = await connect(t, migrationDatabaseUrl)
  await owner.query('DELETE FROM kysely_migration WHERE name = (SELECT max(name) FROM kysely_migration)')
  t.notOk(await isDatabaseReady(database), 'a migration of this release is missing')
})

t.test('what the role of the services may do', async (t) => {
  const { testDatabase, addOrganization, database } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  await directory.createUser(userDocument('jane@acme.test'))
  const app = await connect(t, testDatabase.databaseUrl)
  await app.query(`SET muster.organization_id = '${scope.organizationId}'`)
  const refused = [
    "UPDATE events SET type = 'forged'",
    'DELETE FROM events',
    "UPDATE audit_entries SET action = 'nothing'",
    'DELETE FROM audit_entries',
    `INSERT INTO operator_keys (operator_key_id, credential_hash, name, hint) VALUES ('${newUuid()}', '', 'me', '')`,
    'UPDATE operator_keys SET revoked_at = NULL',
    'DELETE FROM operator_keys',
    "UPDATE credential_routes SET kind = 'api_key'",
    "INSERT INTO kysely_migration (name, timestamp) VALUES ('9999', '')",
    'DELETE FROM kysely_migration',
    'CREATE TABLE mine (id uuid)',
    'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
    'DROP POLICY own_organization ON users',
    "SELECT isolate_by_organization('users')",
    'DELETE FROM graphile_worker.migrations',
  ]
  for (const statement of refused) {
    const code = await app.query(statement).then(
      () => 'done',
      (error) => error.code,
    )
    t.equal(code, '42501', statement)
  }
  for (const table of ['events', 'audit_entries']) {
    const { rows } = await app.query(`SELECT count(*)::int AS count FROM ${table}`)
    t.ok(rows[0].count > 0, `${table}: reading is allowed`)
  }
})

t.test('#118 secrets of directories', async (t) => {
  const { testDatabase, addOrganization, database } = await openInstallation(t)
  const [scope, other] = [await addOrganization('One'), await addOrganization('Two')]
  const superuser = await connect(t, testDatabase.superuserUrl)
  const create = (of = scope) =>
    transact(database, of, cause, (tx) => createDirectory(tx, { name: 'L', type: 'LDAP', scimProfile: 'compatible' }))
  const [mine, beside, foreign] = [await create(), await create(), await create(other)]
  const oldKeys: RootKeys = [newSecretKey('root-1')]
  const seal = (id: string, config: Record<string, unknown>, of = scope, keys = oldKeys) =>
    transact(database, of, cause, (tx) => sealDirectoryConfig(tx, keys, id, config))
  const open = (id: string, keys: RootKeys = oldKeys, of = scope) =>
    read(database, of, (reader) => openDirectoryConfig(reader, keys, id))
  const config = { url: 'ldaps://ldap.acme.test', bindPassword: 'correct horse' }

  t.equal(await open(mine.directoryId), undefined)
  t.ok(await seal(mine.directoryId, config))
  t.notOk(await seal(newUuid(), config), 'an unknown directory')
  t.notOk(await seal(foreign.directoryId, config), 'a foreign one')
  t.same(await open(mine.directoryId), config)
  t.equal(await open(mine.directoryId, oldKeys, other), undefined)
  await seal(foreign.directoryId, { bindPassword: 'other' }, other)
  const text = await dump(superuser, 'directories', 'data_keys', 'audit_entries')
  t.notMatch(text, /correct horse/)
  t.notMatch(text, new RegExp(Buffer.from('correct horse').toString('hex')))

  const move = (from: string, to: string) =>
    superuser.query(
      `UPDATE directories SET sealed_config = (SELECT sealed_config FROM directories WHERE directory_id = $1)
       WHERE directory_id = $2`,
      [from, to],
    )
  await move(mine.directoryId, beside.directoryId)
  await t.rejects(open(beside.directoryId), { name: 'SecretBoxError' }, 'a config moved to another directory')
  await move(mine.directoryId, foreign.directoryId)
  await t.rejects(open(foreign.directoryId, oldKeys, other), { name: 'SecretBoxError' }, 'or to another organization')
  await t.rejects(open(mine.directoryId, [newSecretKey('root-1')]), { name: 'SecretBoxError' }, 'a wrong root key')

  const newKey = newSecretKey('root-2')
  const both: RootKeys = [newKey, ...oldKeys]
  t.same(await open(mine.directoryId, both), config)
  t.equal(await transact(database, scope, cause, (tx) => rewrapDataKeys(tx, both)), 1)
  t.same(await open(mine.directoryId, [newKey]), config, 'the new root key is enough')
  await t.rejects(open(mine.directoryId, oldKeys), { name: 'SecretBoxError' }, 'the old one is of no use')
  await Promise.all(Array.from({ length: 8 }, () => seal(beside.directoryId, config, scope, [newKey])))
  const { rowCount } = await superuser.query('SELECT FROM data_keys WHERE organization_id = $1', [scope.organizationId])
  t.equal(rowCount, 1, 'one data key an organization, however many ask at once')
})

async function dump(superuser: pg.Client, ...tables: string[]): Promise<string> {
  const parts = tables.map((table) => superuser.query(`SELECT string_agg(t::text, '') AS text FROM ${table} t`))
  return (await Promise.all(parts)).map(({ rows }) => rows[0].text).join('')
}

t.test('#22 tokens of a directory', async (t) => {
  const { addOrganization, database } = await openInstallation(t)
  const scope = await addOrganization()
  const { directoryId } = await addDirectory(database, scope)
  const add = (expiresAt: Date | null = null) => {
    const hash = randomBytes(32)
    return transact(database, scope, cause, (tx) =>
      addDirectoryToken(tx, directoryId, { hash, hint: 'abcd', expiresAt }),
    ).then((token) => ({ ...token, hash }))
  }
  const list = () => read(database, scope, (reader) => listDirectoryTokens(reader, directoryId))
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => add()))
  t.equal(results.filter((result) => result.status === 'fulfilled').length, 2, 'two live ones, even of ten at once')
  for (const result of results) if (result.status === 'rejected') t.match(result.reason, { code: 'conflict' })
  const [first, second] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (first === undefined || second === undefined) return
  t.match(await authenticateScimToken(database, first.hash), { scope, directoryId, tokenId: first.tokenId })
  t.equal(await authenticateApiKey(database, first.hash), undefined, 'a SCIM token is no API key')
  t.equal(await authenticateScimToken(database, randomBytes(32)), undefined)
  const revoke = () => transact(database, scope, cause, (tx) => revokeDirectoryToken(tx, directoryId, first.tokenId))
  t.ok(await revoke())
  t.notOk(await revoke(), 'once')
  t.equal(await authenticateScimToken(database, first.hash), undefined)
  t.same(
    (await list()).map((token) => token.tokenId),
    [second.tokenId],
  )

  const expired = await add(new Date(Date.now() - 1))
  t.equal(await authenticateScimToken(database, expired.hash), undefined)
  const later = await add(new Date(Date.now() + 60_000))
  t.match(
    await authenticateScimToken(database, later.hash),
    { tokenId: later.tokenId },
    'an expired one does not count',
  )
  const touch = () => transact(database, scope, cause, (tx) => touchDirectoryToken(tx, directoryId, later.tokenId))
  await touch()
  const used = (await list()).find((token) => token.tokenId === later.tokenId)?.lastUsedAt
  t.ok(used instanceof Date)
  await touch()
  t.same((await list()).find((token) => token.tokenId === later.tokenId)?.lastUsedAt, used, 'noted once a minute')
  await t.rejects(
    transact(database, scope, cause, (tx) =>
      addDirectoryToken(tx, newUuid(), { hash: randomBytes(32), hint: '', expiresAt: null }),
    ),
    { code: 'notFound' },
    'a directory that is not there',
  )
  await transact(database, scope, cause, (tx) => deleteDirectory(tx, directoryId))
  t.equal(await authenticateScimToken(database, later.hash), undefined, 'no token outlives its directory')
})

t.test('a directory that goes while others write into it', async (t) => {
  const { addOrganization, database } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const jane = await directory.createUser(userDocument('jane@acme.test'))
  const groups = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => directory.createGroup(name)))
  const join = () =>
    groups.map((id) =>
      directory.changeMembers(id, [{ kind: 'add', ids: [jane, ...groups.slice(1)].filter((member) => member !== id) }]),
    )
  const outcomes = await Promise.allSettled([
    ...join(),
    ...Array.from({ length: 20 }, (_, index) => directory.createUser(userDocument(`early-${index}@acme.test`))),
    ...Array.from({ length: 5 }, (_, index) => directory.createGroup(`early-${index}`)),
    transact(database, scope, cause, (tx) => deleteDirectory(tx, directory.directoryId)),
    transact(database, scope, cause, (tx) => deleteDirectory(tx, directory.directoryId)),
    ...Array.from({ length: 20 }, (_, index) => directory.createUser(userDocument(`late-${index}@acme.test`))),
    ...Array.from({ length: 5 }, (_, index) => directory.createGroup(`late-${index}`)),
    ...join(),
  ])
  const deletions = outcomes.slice(30, 32).map((outcome) => outcome.status === 'fulfilled' && outcome.value)
  t.same(deletions.toSorted(), [false, true], 'it is deleted once')
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') t.match(outcome.reason, { code: 'notFound' }, String(outcome.reason.cause))
  }
  const { rows } = await read(database, scope, ({ db }) =>
    sql<{ left: number }>`SELECT (SELECT count(*) FROM directory_users) + (SELECT count(*) FROM directory_groups)
      + (SELECT count(*) FROM users WHERE state = 'active') AS left`.execute(db),
  )
  t.equal(rows[0]?.left, 0, 'nothing is left')
})

t.test('API keys', async (t) => {
  const { addOrganization, database } = await openInstallation(t)
  const [scope, other] = [await addOrganization('One'), await addOrganization('Two')]
  const add = async (role: 'ADMIN' | 'VIEWER', expiresAt: Date | null = null) => {
    const hash = randomBytes(32)
    const key = { hash, hint: 'abcd', expiresAt, name: role, role }
    return { ...(await transact(database, scope, cause, (tx) => addApiKey(tx, key))), hash }
  }
  const [admin, viewer] = [await add('ADMIN'), await add('VIEWER')]
  const expired = await add('ADMIN', new Date(Date.now() - 1))
  t.same(await authenticateApiKey(database, admin.hash), { role: 'ADMIN', scope, keyId: admin.apiKeyId })
  t.same(await authenticateApiKey(database, viewer.hash), { role: 'VIEWER', scope, keyId: viewer.apiKeyId })
  t.equal(await authenticateApiKey(database, expired.hash), undefined)
  t.equal(await authenticateScimToken(database, admin.hash), undefined)
  const list = (of = scope) => read(database, of, (reader) => listApiKeys(reader, { after: undefined, limit: 10 }))
  t.equal((await list()).length, 3)
  t.same(await list(other), [])
  const revoke = (of = scope) => transact(database, of, cause, (tx) => revokeApiKey(tx, admin.apiKeyId))
  t.notOk(await revoke(other), 'not by another organization')
  t.ok(await revoke())
  t.notOk(await revoke())
  t.equal(await authenticateApiKey(database, admin.hash), undefined)
  t.equal((await list()).length, 2)
  const page = await read(database, scope, (reader) => listApiKeys(reader, { after: viewer.apiKeyId, limit: 10 }))
  t.same(
    page.map((key) => key.apiKeyId),
    [expired.apiKeyId],
  )
})

t.test('organizations', async (t) => {
  const { addOrganization, database, right } = await openInstallation(t)
  const scopes = [await addOrganization('One'), await addOrganization('Two'), await addOrganization('Three')]
  const list = (after?: string) => listOrganizations(database, right, { after, limit: 2 })
  const first = await list()
  t.same(
    first.map((organization) => organization.name),
    ['One', 'Two'],
  )
  t.same(
    (await list(first[1]?.organizationId)).map((organization) => organization.name),
    ['Three'],
  )
  t.equal(await chooseOrganization(database, right, newUuid()), undefined)
  for (const scope of scopes) {
    const { name } = await read(database, scope, getOrganization)
    t.ok(['One', 'Two', 'Three'].includes(name))
    const { rows } = await read(database, scope, ({ db }) => sql`SELECT FROM organizations`.execute(db))
    t.equal(rows.length, 1, 'an organization sees itself alone')
  }
})
