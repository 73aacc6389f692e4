import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type pg from 'pg'
import t from 'tap'
import {
  addApiKey,
  addDirectoryToken,
  countAudit,
  createDirectory,
  deleteDirectory,
  listAudit,
  type OrganizationScope,
  read,
  revokeApiKey,
  revokeDirectoryToken,
  setDirectoryPaused,
  transact,
  updateDirectory,
  updateOrganization,
} from '../src/index.ts'
import { headOf, verdictOf, write } from './support/audit-trail.ts'
import { cause } from './support/directory.ts'
import { untilWaiting } from './support/gate.ts'
import { connect, killOne, openInstallation, openTestPool } from './support/installation.ts'

interface Stored {
  sequence: string
  target: string
  entry: string
  hash: Buffer
}

async function stored(superuser: pg.Client, { organizationId }: OrganizationScope): Promise<Stored[]> {
  const { rows } = await superuser.query<Stored>(
    'SELECT sequence, target, entry, hash FROM audit_entries WHERE organization_id = $1 ORDER BY sequence',
    [organizationId],
  )
  return rows
}

t.test('a chain anybody can recompute: sha256(the hash before || the text)', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization()
  await write(database, scope, 'one')
  await write(database, scope, 'two', 'three', 'four')
  const superuser = await connect(t, testDatabase.superuserUrl)
  const rows = await stored(superuser, scope)
  t.same(
    rows.map((row) => [row.sequence, row.target]),
    [['1', scope.organizationId], ...['one', 'two', 'three', 'four'].map((target, index) => [`${index + 2}`, target])],
    'without a gap, those of one transaction in its order',
  )
  let hash: Buffer = Buffer.alloc(32)
  for (const row of rows) {
    hash = createHash('sha256').update(hash).update(row.entry).digest()
    t.same(row.hash, hash, `hash ${row.sequence}`)
  }
  const { id, occurredAt, ...said } = JSON.parse(rows[2]?.entry ?? '')
  t.same(said, {
    organizationId: scope.organizationId,
    actor: cause,
    action: 'test.write',
    target: 'two',
    detail: { said: 'ünïcödé "\\', of: 1.5 },
    sequence: 3,
  })
  t.match(id, /^[0-9a-f-]{36}$/)
  t.match(occurredAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const head = { sequence: 5, hash: hash.toString('hex') }
  t.same(await headOf(database, scope), head)
  t.same(await verdictOf(database, scope), { entries: 5, head, broken: undefined })
})

t.test('the trail as it is read', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const [scope, other] = [await addOrganization(), await addOrganization('Other')]
  const by = { kind: 'api', id: toTypeId('apiKey', newUuid()) } as const
  const options = { name: 'Directory', type: 'SCIM', scimProfile: 'compatible' } as const
  const { directoryId } = await transact(database, scope, by, (tx) => createDirectory(tx, options))
  const credential = { hash: Buffer.from('hash'), hint: 'hint', expiresAt: null }
  await transact(database, scope, by, (tx) => addDirectoryToken(tx, directoryId, credential))
  await delay(2)
  const since = new Date()
  await write(database, scope, 'a', 'b')
  const list = (query: Parameters<typeof listAudit>[1], before?: number, limit = 100) =>
    read(database, scope, (reader) => listAudit(reader, query, { before, limit }))
  const numbers = async (...parameters: Parameters<typeof list>) =>
    (await list(...parameters)).map(({ sequence }) => sequence)
  t.same(await numbers({}), [5, 4, 3, 2, 1], 'the newest first')
  t.same(await numbers({}, 4, 2), [3, 2])
  const target = toTypeId('directory', directoryId)
  for (const [query, expected] of [
    [{ action: 'test.write' }, [5, 4]],
    [{ actor: by.id }, [3, 2]],
    [{ target }, [2]],
    [{ target: directoryId }, [2]],
    [{ target: 'b' }, [5]],
    [{ target: 'b', actor: by.id }, []],
    [{ since }, [5, 4]],
    [{ until: since }, [3, 2, 1]],
  ] as const) {
    t.same(await numbers(query), expected, JSON.stringify(query))
    t.equal(await read(database, scope, (reader) => countAudit(reader, query)), expected.length)
  }
  const [token, created] = await list({ actor: by.id })
  t.match(token, { action: 'token.create', target: /^token_/, detail: { directoryId: target }, actor: by })
  t.match(created, {
    id: /^audit_/,
    organizationId: toTypeId('organization', scope.organizationId),
    timestamp: Date,
    target,
    detail: { type: 'SCIM' },
    hash: /^[0-9a-f]{64}$/,
  })
  t.same(await read(database, other, (reader) => countAudit(reader, {})), 1, 'another organization has its own')
})

t.test('eight writers, rollbacks and killed backends: no gap, nothing late, nothing acknowledged lost', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t, { connectionsMax: 8 })
  const scope = await addOrganization()
  const superuser = await connect(t, testDatabase.superuserUrl)
  const acknowledged: string[] = []
  const refused: string[] = []
  let writing = true
  const killing = (async () => {
    while (writing) {
      await delay(40)
      await killOne(superuser)
    }
  })()
  const attempt = async (writer: number, number: number) => {
    const name = `${writer}-${number}`
    const fails = (writer * 7 + number) % 5 === 0
    const parts = Array.from({ length: 1 + ((writer + number) % 3) }, (_, part) => `${name}-${part}`)
    await transact(database, scope, cause, async (tx) => {
      for (const target of parts) tx.audit({ action: 'test.write', target })
      if (fails) throw new Error('changed its mind')
    }).then(
      () => acknowledged.push(...parts),
      (error) => error instanceof Error && error.message === 'changed its mind' && refused.push(...parts),
    )
  }
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let number = 0; number < 40; number++) await attempt(writer, number)
    }),
  )
  writing = false
  await killing
  const fresh = openTestPool(t, testDatabase.databaseUrl, 1)
  const rows = await stored(superuser, scope)
  t.comment(`${acknowledged.length} acknowledged, ${refused.length} rolled back, ${rows.length} in all`)
  t.match(await verdictOf(fresh, scope), { entries: rows.length, broken: undefined, head: { sequence: rows.length } })
  const there = new Map(rows.map((row) => [row.target, Number(row.sequence)]))
  t.ok(acknowledged.length > 0 && refused.length > 0, 'both happened')
  t.same(
    acknowledged.filter((target) => !there.has(target)),
    [],
  )
  t.same(
    refused.filter((target) => there.has(target)),
    [],
    'a rollback leaves nothing, and no gap',
  )
  const torn = rows.slice(1).filter(({ sequence, target }) => {
    const part = Number(target.split('-')[2])
    return part > 0 && there.get(target.replace(/\d+$/, String(part - 1))) !== Number(sequence) - 1
  })
  t.same(torn, [], 'entries of one transaction stand together, in its order')
})

t.test('a trail in the way of nobody else, and one that cannot be written', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const [busy, free] = [await addOrganization('Busy'), await addOrganization('Free')]
  const superuser = await connect(t, testDatabase.superuserUrl)
  const holder = await connect(t, testDatabase.superuserUrl)
  await holder.query('BEGIN')
  await holder.query('SELECT FROM audit_heads WHERE organization_id = $1 FOR UPDATE', [busy.organizationId])
  const waiting = write(database, busy, 'late')
  await untilWaiting(superuser, 1)
  await write(database, free, 'early')
  t.match(await headOf(database, free), { sequence: 2 })
  t.match(await headOf(database, busy), { sequence: 1 })
  await holder.query('COMMIT')
  await waiting
  t.match(await headOf(database, busy), { sequence: 2 })

  let runs = 0
  await transact(database, free, cause, async (tx) => {
    tx.audit({ action: 'test.write', target: `run ${++runs}` })
    if (runs < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
  })
  t.same((await stored(superuser, free)).map(({ target }) => target).slice(2), ['run 3'], 'a lost race is told once')

  await superuser.query('DELETE FROM audit_heads WHERE organization_id = $1', [busy.organizationId])
  const options = { name: 'Lost', type: 'SCIM', scimProfile: 'compatible' } as const
  await t.rejects(
    transact(database, busy, cause, (tx) => createDirectory(tx, options)),
    { code: '23502' },
    'without a head nothing commits that belongs into the trail',
  )
  t.equal((await superuser.query('SELECT FROM directories')).rowCount, 0)
  t.match(await verdictOf(database, busy), { entries: 2, head: undefined, broken: { sequence: 2, fault: 'noHead' } })
})

t.test('nothing in it that somebody made up, and nothing the services could take back', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization('Chosen by a person')
  const run = <T>(work: Parameters<typeof transact<T>>[3]) => transact(database, scope, cause, work)
  const free = 'Jane Doe, jane@acme.test'
  const credential = { hash: Buffer.from(free), hint: free, expiresAt: null }
  await run((tx) => updateOrganization(tx, { name: free, linkByEmail: 'never' }))
  const { directoryId } = await run((tx) => createDirectory(tx, { name: free, type: 'SCIM', scimProfile: 'strict' }))
  await run((tx) => updateDirectory(tx, directoryId, { name: `${free} 2`, scimFlags: { anyCaseOp: true } }))
  await run((tx) => setDirectoryPaused(tx, directoryId, true))
  const token = await run((tx) => addDirectoryToken(tx, directoryId, credential))
  await run((tx) => revokeDirectoryToken(tx, directoryId, token.tokenId))
  const key = { ...credential, hash: Buffer.from('other'), name: free, role: 'ADMIN' } as const
  const { apiKeyId } = await run((tx) => addApiKey(tx, key))
  await run((tx) => revokeApiKey(tx, apiKeyId))
  await run((tx) => deleteDirectory(tx, directoryId))
  const entries = await read(database, scope, (reader) => listAudit(reader, {}, { before: undefined, limit: 100 }))
  t.same(
    entries.map(({ action }) => action).reverse(),
    ['organization.create', 'organization.update', 'directory.create', 'directory.update', 'directory.pause'].concat([
      'token.create',
      'token.revoke',
      'key.create',
      'key.revoke',
      'directory.delete',
    ]),
  )
  t.notMatch(JSON.stringify(entries), /Jane|jane|Chosen/)
  t.match(entries.at(-2)?.detail, { linkByEmail: 'never', changed: ['name', 'linkByEmail'] })
  t.match(entries.at(-4)?.detail, { scimFlags: { anyCaseOp: true }, changed: ['name', 'scimFlags'] })

  const app = await connect(t, testDatabase.databaseUrl)
  await app.query(`SET muster.organization_id = '${scope.organizationId}'`)
  for (const statement of [
    "UPDATE audit_entries SET entry = ''",
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
    'DELETE FROM audit_heads',
  ]) {
    await t.rejects(app.query(statement), { code: '42501' }, statement)
  }
})
