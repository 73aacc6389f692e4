import { randomBytes } from 'node:crypto'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type pg from 'pg'
import t from 'tap'
import { assertDatabaseIsSafe, listUsers, type OrganizationScope, read, transact } from '../src/index.ts'
import {
  lendingFunctions,
  listLooseConstraints,
  listOwnedTables,
  listTables,
  sampleRow,
  sharedTables,
  specialPolicies,
  type Table,
} from './support/catalogue.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { connect, openInstallation, openTestPool } from './support/installation.ts'

const setContext = (client: pg.Client, organizationId: string) =>
  client.query(`SET muster.organization_id = '${organizationId}'`)

/** The SQLSTATE that a statement fails with; undefined when it runs. */
async function failureOf(client: pg.Client, text: string, values: unknown[] = []): Promise<string | undefined> {
  return client.query(text, values).then(
    () => undefined,
    (error) => error.code,
  )
}

function insertion(table: Table, organizationId: string): [string, unknown[]] {
  const [columns, values] = sampleRow(table, organizationId, newUuid())
  const places = columns.map((_, index) => `$${index + 1}`)
  return [`INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${places.join(', ')})`, values]
}

t.test('every table, straight in SQL', async (t) => {
  const { testDatabase, addOrganization } = await openInstallation(t)
  const [a, b] = [(await addOrganization('A')).organizationId, (await addOrganization('B')).organizationId]
  const superuser = await connect(t, testDatabase.superuserUrl)
  const app = await connect(t, testDatabase.databaseUrl)
  const owner = await connect(t, testDatabase.migrationDatabaseUrl)
  const tables = await listOwnedTables(superuser)
  await fillEveryTable(superuser, tables, [a, b])
  const count = async (client: pg.Client, table: Table, where = 'true') =>
    (await client.query(`SELECT count(*)::int AS count FROM ${table.name} WHERE ${where}`)).rows[0].count

  t.test('has rows of both organizations to protect', async (t) => {
    t.ok(tables.length >= 16)
    for (const table of tables) {
      for (const id of [a, b]) t.ok((await count(superuser, table, `organization_id = '${id}'`)) > 0, table.name)
    }
  })

  t.test('without a context nothing is to be seen, for the owner either', async (t) => {
    for (const client of [app, owner]) {
      for (const value of [undefined, '']) {
        if (value !== undefined) await setContext(client, value)
        for (const table of tables) t.equal(await count(client, table), 0, table.name)
      }
    }
    await setContext(app, 'everybody')
    t.equal(await failureOf(app, 'SELECT FROM users'), '22P02', 'a context that is no id is an error')
  })

  t.test('in the context of one organization there is only its own', async (t) => {
    for (const client of [app, owner]) {
      await setContext(client, a)
      for (const table of tables) {
        t.equal(await count(client, table, `organization_id <> '${a}'`), 0, `${table.name}: nothing foreign`)
        t.ok((await count(client, table)) > 0, `${table.name}: its own`)
      }
    }
  })

  t.test('foreign rows cannot be made, changed, moved or deleted', async (t) => {
    const before = await Promise.all(tables.map((table) => fingerprint(superuser, table, b)))
    await setContext(app, a)
    for (const table of tables) {
      const refused = await failureOf(app, ...insertion(table, b))
      t.equal(refused, '42501', `${table.name}: no insert for another organization`)
      const moved = await failureOf(app, `UPDATE ${table.name} SET organization_id = '${b}'`)
      t.equal(moved, '42501', `${table.name}: no move to another organization`)
      for (const statement of [
        `UPDATE ${table.name} SET organization_id = '${a}' WHERE organization_id = '${b}'`,
        `DELETE FROM ${table.name} WHERE organization_id = '${b}'`,
      ]) {
        const done = await app.query(statement).then(
          (result) => result.rowCount,
          (error) => (error.code === '42501' ? 0 : error.code),
        )
        t.equal(done, 0, statement)
      }
      t.equal(await failureOf(app, `TRUNCATE ${table.name} CASCADE`), '42501', `${table.name}: no truncation`)
    }
    t.same(await Promise.all(tables.map((table) => fingerprint(superuser, table, b))), before)
  })

  t.test("an operator's look sees the names of organizations, and nothing else", async (t) => {
    await setContext(app, '')
    await app.query("SET muster.operator = 'on'")
    for (const table of tables)
      t.equal(await count(app, table), ['organizations', 'daily_tallies'].includes(table.name) ? 2 : 0, table.name)
    await app.query('UPDATE organizations SET name = $1', ['taken over'])
    await failureOf(app, 'DELETE FROM organizations')
    await app.query("SET muster.operator = ''")
    const { rows } = await superuser.query('SELECT name FROM organizations ORDER BY name')
    t.same(rows, [{ name: 'A' }, { name: 'B' }])
  })

  t.test("a follower's look sees how far the logs have come, and nothing else", async (t) => {
    await setContext(app, '')
    await app.query("SET muster.followers = 'on'")
    for (const table of tables) t.equal(await count(app, table), table.name === 'event_sequences' ? 2 : 0, table.name)
    const changed = await app.query('UPDATE event_sequences SET last_sequence = 0')
    t.equal(changed.rowCount, 0, 'and changes nothing')
    await app.query("SET muster.followers = ''")
  })
})

/** Constraints out of the way, one made-up row per organization in each table: new tables are covered as they come. */
async function fillEveryTable(superuser: pg.Client, tables: Table[], organizationIds: string[]): Promise<void> {
  const { rows } = await superuser.query(`SELECT conrelid::regclass AS name, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace`)
  for (const { name, conname } of rows) await superuser.query(`ALTER TABLE ${name} DROP CONSTRAINT ${conname}`)
  await superuser.query("SET session_replication_role = 'replica'")
  for (const table of tables) {
    for (const id of organizationIds) {
      const known = await superuser.query(`SELECT FROM ${table.name} WHERE organization_id = $1`, [id])
      if (known.rowCount === 0) await superuser.query(...insertion(table, id))
    }
  }
}

async function fingerprint(superuser: pg.Client, table: Table, organizationId: string): Promise<string> {
  const { rows } = await superuser.query(
    `SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) AS hash FROM ${table.name} t WHERE organization_id = $1`,
    [organizationId],
  )
  return rows[0].hash
}

t.test('the catalogue', async (t) => {
  const { testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const tables = await listTables(superuser)
  const shared = tables.filter((table) => table.name in sharedTables)
  t.same(shared.map((table) => table.name).sort(), Object.keys(sharedTables).sort(), 'the exceptions are these')
  for (const table of shared) {
    t.same(
      table.columns.map((column) => column.name),
      sharedTables[table.name],
      `${table.name}: no personal data`,
    )
  }
  for (const table of await listOwnedTables(superuser)) {
    t.match(table, { kind: /^[rp]$/, secured: true, forced: true }, `${table.name} is under row-level security`)
    t.ok(
      table.columns.some((column) => column.name === 'organization_id' && column.required),
      `${table.name} belongs to organizations, and no row is without one`,
    )
  }
  t.same(
    await listLooseConstraints(superuser),
    [],
    'every key holds the organization, and all but unique ones begin with it',
  )
  const own = "(organization_id = (NULLIF(current_setting('muster.organization_id'::text, true), ''::text))::uuid)"
  const { rows: policies } = await superuser.query(
    `SELECT tablename, policyname, cmd, permissive, qual, with_check FROM pg_policies WHERE schemaname = 'public'`,
  )
  const nameOf = (policy: { tablename: string; policyname: string }) => `${policy.tablename} ${policy.policyname}`
  const special = policies.filter((policy) => policy.policyname !== 'own_organization')
  t.same(special.map(nameOf).sort(), Object.keys(specialPolicies).sort(), 'the special policies are these')
  for (const policy of special) t.match(policy, specialPolicies[nameOf(policy)] ?? {}, nameOf(policy))
  for (const policy of policies.filter((policy) => policy.policyname === 'own_organization')) {
    t.match(policy, { cmd: 'ALL', qual: own, with_check: own }, `${policy.tablename}: the one policy`)
  }
  const { rows: schemas } = await superuser.query(`SELECT DISTINCT n.nspname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1`)
  t.same(
    schemas.map((row) => row.nspname),
    ['graphile_worker', 'public'],
  )
  const role = new URL(testDatabase.databaseUrl).username
  const { rows: functions } = await superuser.query(
    `SELECT proname AS name, prosecdef AS lends, pg_get_userbyid(proowner) AS owner, proconfig AS settings,
       has_function_privilege($1, oid, 'EXECUTE') AS usable,
       (SELECT json_agg(DISTINCT CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END)
         FROM aclexplode(proacl) WHERE privilege_type = 'EXECUTE') AS users
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
    [role],
  )
  const owner = new URL(testDatabase.migrationDatabaseUrl).username
  const lending = functions.filter(({ lends, usable }) => lends || usable)
  t.same(
    lending.map(({ name }) => name),
    lendingFunctions,
    'no other function lends the rights of the owner, or is there for the services',
  )
  for (const { name, settings, users, ...known } of lending) {
    t.match(known, { lends: true, usable: true, owner }, `${name} belongs to the owner of the tables`)
    t.ok(settings.includes('search_path=public, pg_temp'), `${name} finds only what is ours`)
    t.same(users.sort(), [owner, role].sort(), `${name} is for nobody else`)
  }
})

t.test('a connection that changes hands', async (t) => {
  const { testDatabase, addOrganization } = await openInstallation(t)
  const organizations = [await addOrganization('A'), await addOrganization('B')] as const
  const setUp = openTestPool(t, testDatabase.databaseUrl)
  for (const scope of organizations) {
    const directory = await addDirectory(setUp, scope)
    await directory.createUsers(Array.from({ length: 3 }, (_, index) => userDocument(`user-${index}@acme.test`)))
  }
  for (const connectionsMax of [1, 2]) {
    const database = openTestPool(t, testDatabase.databaseUrl, connectionsMax)
    const foreign: unknown[] = []
    // Row-level security alone answers: the statement does not name the organization.
    const look = async (scope: OrganizationScope, db: Parameters<Parameters<typeof read>[2]>[0]['db']) => {
      const { rows } = await sql<{ organization_id: string }>`SELECT organization_id FROM users`.execute(db)
      const own = rows.filter((row) => row.organization_id === scope.organizationId)
      if (rows.length !== own.length || own.length !== 3) foreign.push(rows)
    }
    const acts: ((scope: OrganizationScope) => Promise<unknown>)[] = [
      (scope) => read(database, scope, ({ db }) => look(scope, db)),
      (scope) => transact(database, scope, cause, ({ db }) => look(scope, db)),
      (scope) => read(database, scope, (reader) => listUsers(reader, {}, { after: undefined, limit: 10 })),
      (scope) => read(database, scope, ({ db }) => sql`SELECT 1 / 0`.execute(db)),
      (scope) => transact(database, scope, cause, ({ db }) => sql`SELECT 1 / 0`.execute(db)),
      (scope) =>
        transact(database, scope, cause, async (tx) => {
          await look(scope, tx.db)
          throw new Error('changed its mind')
        }),
      (scope) =>
        transact(database, scope, cause, (tx) =>
          sql`UPDATE users SET organization_id = ${newUuid()}::uuid`.execute(tx.db),
        ),
    ]
    const runs = Array.from({ length: 400 }, (_, index) => {
      const scope = organizations[index % 3 === 0 ? 0 : 1]
      return acts[(index * 5 + Math.floor(index / 7)) % acts.length]?.(scope).catch(() => undefined)
    })
    await Promise.all(runs)
    for (const scope of organizations) await read(database, scope, ({ db }) => look(scope, db))
    t.same(foreign, [], `pool of ${connectionsMax}: nobody sees the rows of who had the connection before`)
  }
})

t.test('the services refuse a role that row-level security does not bind', async (t) => {
  const { testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const complaint = async (url: string) => {
    const database = openTestPool(t, url, 1)
    const words = await assertDatabaseIsSafe(database).then(
      () => '',
      (error: Error) => error.message,
    )
    // The test server forgets what it committed when it crashes, which is refused as well.
    t.match(words, /fsync off.*synchronous_commit is off/)
    return words.replace(/The server runs with fsync off.*$/, '').trim()
  }
  t.equal(await complaint(testDatabase.databaseUrl), '', 'the role of the services will do')
  t.match(await complaint(testDatabase.superuserUrl), /superuser/)
  t.match(await complaint(testDatabase.migrationDatabaseUrl), /owns the database/)
  const owner = new URL(testDatabase.migrationDatabaseUrl).username
  const password = randomBytes(8).toString('hex')
  const bypassing = `test_bypass_${password}`
  await superuser.query(`CREATE ROLE ${bypassing} LOGIN BYPASSRLS PASSWORD '${password}'`)
  const roles: [string, string, RegExp][] = [
    [`test_owning_${password}`, `IN ROLE ${owner}`, /owns the database/],
    [`test_becoming_${password}`, `NOINHERIT IN ROLE ${bypassing}`, /BYPASSRLS/],
  ]
  for (const [name, more] of roles) await superuser.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}' ${more}`)
  t.teardown(async () => {
    const names = [...roles.map(([name]) => name), bypassing]
    for (const name of names) await superuser.query(`DROP OWNED BY ${name}`)
    for (const name of names) await superuser.query(`DROP ROLE ${name}`)
  })
  for (const [name, expected] of [
    [bypassing, /BYPASSRLS/],
    ...roles.map(([role, , words]) => [role, words]),
  ] as const) {
    const url = new URL(testDatabase.databaseUrl)
    url.username = String(name)
    url.password = password
    await superuser.query(`GRANT CONNECT ON DATABASE ${url.pathname.slice(1)} TO ${name}`)
    t.match(await complaint(url.href), expected, String(name).replace(password, ''))
  }
})
