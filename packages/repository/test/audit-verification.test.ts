import { newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { listAuditHeads, verifyAuditTrails } from '../src/index.ts'
import { migrateBy } from './support/apply-migrations.ts'
import { headOf, verdictOf, write } from './support/audit-trail.ts'
import { connect, openInstallation, openTestPool } from './support/installation.ts'

/** What one does who owns the database and knows how the chain is made. */
const rechain = `DO $$ DECLARE e record; h bytea := decode(repeat('00', 32), 'hex'); BEGIN
  FOR e IN SELECT * FROM audit_entries WHERE organization_id = ORGANIZATION ORDER BY sequence LOOP
    h := sha256(h || convert_to(e.entry, 'UTF8'));
    UPDATE audit_entries SET hash = h WHERE organization_id = ORGANIZATION AND sequence = e.sequence;
    UPDATE audit_heads SET last_hash = h, last_sequence = e.sequence WHERE organization_id = ORGANIZATION;
  END LOOP; END $$`
const at = (sequence: number) => `organization_id = ORGANIZATION AND sequence = ${sequence}`
const replaced = `replace(entry, '"target": "c"', '"target": "x"')`
const swap = (from: number, to: number) => `UPDATE audit_entries SET sequence = ${to} WHERE ${at(from)}`
const forge = (sequence: number) => `INSERT INTO audit_entries SELECT organization_id, gen_random_uuid(), actor, action,
  'forged', detail, occurred_at, ${sequence}, entry, hash FROM audit_entries WHERE ${at(3)}`
const cases: [what: string, statements: string[], broken: { sequence: number; fault: string } | undefined][] = [
  ['nothing', [], undefined],
  [
    'a changed detail',
    [`UPDATE audit_entries SET detail = '{"role": "x"}' WHERE ${at(3)}`],
    { sequence: 3, fault: 'columns' },
  ],
  ['a changed action', [`UPDATE audit_entries SET action = 'x' WHERE ${at(1)}`], { sequence: 1, fault: 'columns' }],
  ['a changed actor', [`UPDATE audit_entries SET actor = '{}' WHERE ${at(5)}`], { sequence: 5, fault: 'columns' }],
  [
    'another id',
    [`UPDATE audit_entries SET audit_entry_id = gen_random_uuid() WHERE ${at(2)}`],
    { sequence: 2, fault: 'columns' },
  ],
  [
    'a moved instant',
    [`UPDATE audit_entries SET occurred_at = occurred_at - interval '1 ms' WHERE ${at(2)}`],
    { sequence: 2, fault: 'columns' },
  ],
  [
    'an instant that is none',
    [`UPDATE audit_entries SET occurred_at = '-infinity' WHERE ${at(2)}`],
    { sequence: 2, fault: 'columns' },
  ],
  ['a changed text', [`UPDATE audit_entries SET entry = ${replaced} WHERE ${at(4)}`], { sequence: 4, fault: 'hash' }],
  [
    'a text that is no JSON, chained anew',
    [`UPDATE audit_entries SET entry = '{' WHERE ${at(4)}`, rechain],
    { sequence: 4, fault: 'columns' },
  ],
  [
    'a changed text with its hash',
    [
      `UPDATE audit_entries e SET target = 'x', entry = ${replaced}, hash = sha256((SELECT hash FROM audit_entries p
         WHERE p.organization_id = e.organization_id AND p.sequence = 3) || convert_to(${replaced}, 'UTF8')) WHERE ${at(4)}`,
    ],
    { sequence: 5, fault: 'hash' },
  ],
  [
    'an entry that went from the middle',
    [`DELETE FROM audit_entries WHERE ${at(3)}`],
    { sequence: 3, fault: 'missing' },
  ],
  ['the first that went', [`DELETE FROM audit_entries WHERE ${at(1)}`], { sequence: 1, fault: 'missing' }],
  [
    'all that went',
    ['DELETE FROM audit_entries WHERE organization_id = ORGANIZATION'],
    { sequence: 1, fault: 'missing' },
  ],
  [
    'one that went, the others moved up',
    [`DELETE FROM audit_entries WHERE ${at(3)}`, swap(4, 3), swap(5, 4)],
    { sequence: 3, fault: 'hash' },
  ],
  ['a tail that was cut off', [`DELETE FROM audit_entries WHERE ${at(5)}`], { sequence: 5, fault: 'missing' }],
  ['two that changed places', [swap(2, 99), swap(3, 2), swap(99, 3)], { sequence: 2, fault: 'hash' }],
  [
    'two that changed places, chained anew',
    [swap(2, 99), swap(3, 2), swap(99, 3), rechain],
    { sequence: 2, fault: 'columns' },
  ],
  [
    'another hash of the head',
    [`UPDATE audit_heads SET last_hash = sha256('x') WHERE organization_id = ORGANIZATION`],
    { sequence: 5, fault: 'head' },
  ],
  [
    'a head set back',
    ['UPDATE audit_heads SET last_sequence = 4 WHERE organization_id = ORGANIZATION'],
    { sequence: 5, fault: 'beyondHead' },
  ],
  [
    'a head that ran ahead',
    ['UPDATE audit_heads SET last_sequence = 6 WHERE organization_id = ORGANIZATION'],
    { sequence: 6, fault: 'missing' },
  ],
  ['no head', ['DELETE FROM audit_heads WHERE organization_id = ORGANIZATION'], { sequence: 5, fault: 'noHead' }],
  ['a forged entry at the end', [forge(6)], { sequence: 6, fault: 'hash' }],
  ['a forged entry before the first', [forge(0)], { sequence: 0, fault: 'number' }],
  ['a forged entry below that', [forge(-7)], { sequence: -7, fault: 'number' }],
  ['a forged entry far away', [forge(1_000)], { sequence: 6, fault: 'missing' }],
]

t.test('whatever is changed behind its back, the trail tells', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  for (const [what, statements, broken] of cases) {
    const scope = await addOrganization(what)
    await write(database, scope, 'a', 'b')
    await write(database, scope, 'c', 'd')
    for (const statement of statements) {
      const { rowCount } = await superuser.query(statement.replaceAll('ORGANIZATION', `'${scope.organizationId}'`))
      t.not(rowCount, 0, `${what}: something was done`)
    }
    t.same((await verdictOf(database, scope)).broken, broken, what)
  }
  const told = []
  for await (const trail of verifyAuditTrails(database)) {
    told.push([trail.name, trail.found.broken])
    t.same(trail.found.broken, cases.find(([what]) => what === trail.name)?.[2], `of all: ${trail.name}`)
  }
  t.equal(told.length, cases.length)
})

t.test('only a head that was kept elsewhere tells of who rewrites it all', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  await write(database, scope, 'a')
  const early = await headOf(database, scope)
  await write(database, scope, 'b')
  const late = await headOf(database, scope)
  t.ok(early && late)
  if (!early || !late) return
  t.match(await verdictOf(database, scope, late), { entries: 3, broken: undefined })
  t.match(await verdictOf(database, scope, early), { broken: undefined }, 'an older one is as good')
  const nothing = { sequence: 0, hash: '00'.repeat(32) }
  t.match(await verdictOf(database, scope, nothing), { broken: undefined })
  const wrong = { sequence: 2, hash: late.hash }
  t.same((await verdictOf(database, scope, wrong)).broken, { sequence: 2, fault: 'expectation' })

  const own = `organization_id = '${scope.organizationId}'`
  await superuser.query(`DELETE FROM audit_entries WHERE ${own} AND sequence = 3`)
  await superuser.query(`UPDATE audit_heads SET last_sequence = 2,
    last_hash = (SELECT hash FROM audit_entries WHERE ${own} AND sequence = 2) WHERE ${own}`)
  t.match(await verdictOf(database, scope), { entries: 2, broken: undefined }, 'cut off, head and all')
  t.match(await verdictOf(database, scope, early), { broken: undefined })
  t.same((await verdictOf(database, scope, late)).broken, { sequence: 3, fault: 'missing' })
  await write(database, scope, 'instead')
  t.match(await verdictOf(database, scope), { entries: 3, broken: undefined })
  t.same((await verdictOf(database, scope, late)).broken, { sequence: 3, fault: 'expectation' })
  const heads = []
  for await (const { found } of listAuditHeads(database, scope.organizationId)) heads.push(found)
  t.same(heads, [await headOf(database, scope)])
})

t.test('a trail of several pages', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  await write(database, scope, ...Array.from({ length: 999 }, (_, index) => `first ${index}`))
  const full = await headOf(database, scope)
  t.match(await verdictOf(database, scope, full), { entries: 1_000, broken: undefined }, 'exactly one page')
  await write(database, scope, ...Array.from({ length: 1_100 }, (_, index) => `second ${index}`))
  t.match(await verdictOf(database, scope, full), { entries: 2_100, broken: undefined })
  const wrong = { sequence: 1_000, hash: '11'.repeat(32) }
  t.same((await verdictOf(database, scope, wrong)).broken, { sequence: 1_000, fault: 'expectation' })
  await superuser.query("UPDATE audit_entries SET target = 'x' WHERE sequence = 2050")
  t.match(await verdictOf(database, scope), { entries: 2_049, broken: { sequence: 2_050, fault: 'columns' } })
})

t.test('entries of a release before the chain are chained when it comes', async (t) => {
  const { testDatabase } = await openInstallation(t)
  const { databaseUrl, migrateTo, superuser } = await migrateBy(t, testDatabase)
  await migrateTo('0009')
  const [full, empty] = [newUuid(), newUuid()]
  for (const [id, name] of [
    [full, 'Full'],
    [empty, 'Empty'],
  ]) {
    await superuser.query('INSERT INTO organizations (organization_id, name) VALUES ($1, $2)', [id, name])
  }
  for (let number = 0; number < 5; number++) {
    await superuser.query(
      `INSERT INTO audit_entries (organization_id, audit_entry_id, actor, action, target, detail)
       VALUES ($1, $2, '{"id": "test", "kind": "system"}', 'test.write', $3, '{"of": 1.50, "to": null}')`,
      [full, newUuid(), `entry ${number}`],
    )
  }
  await migrateTo('0010')
  const database = openTestPool(t, databaseUrl, 1)
  const found = new Map<string, unknown>()
  for await (const trail of verifyAuditTrails(database)) found.set(trail.name, trail.found)
  t.match(found.get('Full'), { entries: 5, head: { sequence: 5 }, broken: undefined })
  t.match(found.get('Empty'), { entries: 0, head: { sequence: 0, hash: '00'.repeat(32) }, broken: undefined })
  const { rows } = await superuser.query('SELECT target FROM audit_entries ORDER BY sequence')
  t.same(
    rows.map(({ target }) => target),
    Array.from({ length: 5 }, (_, number) => `entry ${number}`),
  )
  const forced = await superuser.query(
    "SELECT relname FROM pg_class WHERE relname IN ('organizations', 'audit_entries', 'audit_heads') AND relforcerowsecurity",
  )
  t.equal(forced.rowCount, 3, 'the owner is bound again')
})
