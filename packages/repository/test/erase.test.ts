import { fromTypeId, newUuid, toTypeId } from '@muster/runtime/type-ids'
import type pg from 'pg'
import t, { type Test } from 'tap'
import {
  assignRole,
  createPerson,
  createRoleMapping,
  type Database,
  erasePerson,
  findUser,
  type OrganizationScope,
  read,
  type Transaction,
  transact,
  updatePerson,
} from '../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { comparableUsers, foldEvents } from './support/fold.ts'
import { addHook, playApplication } from './support/hooks.ts'
import { connect, openInstallation } from './support/installation.ts'
import { allUsers, eventsDuring, eventsOf, typesOf } from './support/reading.ts'

/** In every text about the person who is erased, and in none of anybody else. */
const mark = 'zqmark'

interface Stage {
  database: Database
  scope: OrganizationScope
  superuser: pg.Client
  okta: TestDirectory
  google: TestDirectory
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

async function openStage(t: Test, options: { guarded?: boolean } = {}): Promise<Stage> {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization('Acme', options)
  return {
    ...{ database, scope, superuser: await connect(t, testDatabase.superuserUrl) },
    ...{ okta: await addDirectory(database, scope, 'Okta'), google: await addDirectory(database, scope, 'Google') },
    run: (work) => transact(database, scope, cause, work),
  }
}

/** Where the text stands, in any case, in any column of any table of any schema that is not Postgres' own. */
async function placesOf(superuser: pg.Client, text: string): Promise<string[]> {
  const { rows: tables } = await superuser.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'`,
  )
  if (tables.length < 25) throw new Error('There are too few tables to look into')
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await superuser.query(`SELECT row_to_json(x)::text AS row FROM ${name} x`)
    found.push(...rows.filter(({ row }) => row.toLowerCase().includes(text)).map(() => name))
  }
  return found
}

function markedDocument(userName: string) {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  return userDocument(userName, {
    ...{ externalId: `${mark}-ext`, displayName: `${mark} D`, nickName: `${mark}n`, title: `${mark} title` },
    name: { givenName: `${mark} given`, familyName: `${mark} family`, formatted: `${mark} whole` },
    phoneNumbers: [{ value: `+1 ${mark}`, type: 'work', primary: true }],
    addresses: [{ formatted: `${mark} street`, locality: `${mark} town`, primary: true }],
    [enterprise]: {
      ...{ department: `${mark} dep`, employeeNumber: `${mark} no`, costCenter: `${mark} cost` },
      manager: { value: `${mark} boss`, displayName: `${mark} boss name` },
    },
  })
}

const uuid = (typeId: unknown) => fromTypeId('user', String(typeId)) ?? ''

async function personOf({ database, scope }: Stage, email: string): Promise<string> {
  const users = [...(await allUsers(database, scope)).values()]
  return uuid(users.find((user) => user.email === email)?.id)
}

/** Somebody of whom everything there can be is known, now and before. */
async function addMarked(stage: Stage): Promise<{ id: string; users: [string, string]; group: string }> {
  const { okta, google, run } = stage
  const address = `${mark}@acme.test`
  const users: [string, string] = [
    await okta.createUser(markedDocument(address)),
    await google.createUser(markedDocument(address.toUpperCase())),
  ]
  const id = await personOf(stage, address)
  const group = await okta.createGroup('Staff', [users[0]])
  await run((tx) => createRoleMapping(tx, { groupId: group, roleIds: ['editor'] }))
  await run((tx) => assignRole(tx, id, 'owner'))
  await okta.patchUser(users[0], { title: `${mark} second title`, active: false })
  await okta.patchUser(users[0], { active: true })
  const values = { location: `${mark} by hand`, 'customAttributes.hobby': `${mark} hobby`, lastName: `${mark} pinned` }
  await run((tx) => updatePerson(tx, id, { values, pinned: ['lastName'], metadata: { note: [`${mark} note`] } }))
  await run((tx) => updatePerson(tx, id, { values: { location: null }, metadata: { note: 'other' } }))
  return { id, users, group }
}

t.test('an erased person is nowhere: not in a table, not in the log', async (t) => {
  const stage = await openStage(t)
  const { database, scope, superuser, okta, run } = stage
  const { id, users, group } = await addMarked(stage)
  await okta.createUser(userDocument('report@acme.test', manager(users[0])))
  const report = await personOf(stage, 'report@acme.test')
  const shown = () => read(database, scope, (reader) => findUser(reader, report))
  t.equal((await shown())?.managerId, toTypeId('user', id))
  const places = new Set(await placesOf(superuser, mark))
  t.match(places, new Set(['directory_users', 'directory_user_emails', 'email_claims', 'events', 'users']))
  const version = (await okta.findGroup(group))?.version ?? 0

  const told = await eventsDuring(database, scope, async () => {
    t.equal(await run((tx) => erasePerson(tx, id)), true)
  })
  t.same(await placesOf(superuser, mark), [])
  t.same(typesOf(told), ['directory.user.updated', 'directory.user.erased'])
  t.match(told[0], { directoryId: null, data: { changes: { managerId: { from: toTypeId('user', id), to: null } } } })
  t.same(told[1]?.data, { user: { id: toTypeId('user', id) } })
  t.equal((await shown())?.managerId, null)
  t.equal(await read(database, scope, (reader) => findUser(reader, id)), undefined)
  t.same(await okta.memberIds(group), [])
  t.equal((await okta.findGroup(group))?.version, version + 1)
  for (const [place, table] of [
    ['user_id', 'user_links'],
    ['user_id', 'user_roles'],
    ['user_id', 'user_groups'],
    ['directory_user_id', 'memberships'],
  ] as const) {
    const { rows } = await superuser.query(`SELECT FROM ${table} WHERE ${place} = ANY($1)`, [[id, ...users]])
    t.same(rows, [], table)
  }
  const { rows: counts } = await superuser.query(
    'SELECT user_count, active_user_count, membership_count FROM directory_counts ORDER BY directory_id',
  )
  t.same(counts, [
    { user_count: '1', active_user_count: '1', membership_count: '0' },
    { user_count: '0', active_user_count: '0', membership_count: '0' },
  ])
  t.equal(await run((tx) => erasePerson(tx, id)), false, 'again')
  await assertTold(t, stage)

  await okta.createUser(markedDocument(`${mark}@acme.test`))
  t.not(await personOf(stage, `${mark}@acme.test`), id, 'whom the source says again is somebody new')
  await assertTold(t, stage)
})

function manager(id: string) {
  return { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: id } } }
}

/** Whoever reads the log now, from its beginning, comes to the people that there are. */
async function assertTold(t: Test, { database, scope }: Stage): Promise<void> {
  const events = await eventsOf(database, scope)
  t.same(
    events.map(({ sequence }) => sequence),
    events.map((_, at) => at + 1),
  )
  const folded = foldEvents(events)
  t.same(folded.complaints, [])
  const users = await allUsers(database, scope)
  const sorted = (these: Map<string, unknown>) =>
    [...these].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, user]) => user)
  t.same(
    comparableUsers(sorted(folded.users) as never, folded.members),
    comparableUsers(sorted(users) as never),
    'the log, folded, is the tables',
  )
}

t.test('what waits for a decision does not keep anybody', async (t) => {
  const stage = await openStage(t, { guarded: true })
  const { database, scope, superuser, okta, run } = stage
  const documents = Array.from({ length: 30 }, (_, n) => userDocument(`u${n}@acme.test`))
  const others = (await okta.createUsers(documents)).flatMap((id) => id ?? [])
  const marked = await okta.createUser(markedDocument(`${mark}@acme.test`))
  const id = await personOf(stage, `${mark}@acme.test`)
  await okta.deleteUsers([...others.slice(0, 20), marked])
  t.ok((await placesOf(superuser, mark)).includes('user_links'), 'its removal waits')
  await run((tx) => erasePerson(tx, id))
  t.same(await placesOf(superuser, mark), [])
  for (const { id: other } of (await allUsers(database, scope)).values()) {
    t.equal(await run((tx) => erasePerson(tx, uuid(other))), true)
  }
  t.ok(typesOf(await eventsOf(database, scope)).includes('hold.withdrawn'), 'nothing is left to decide')
  const { rows } = await superuser.query('SELECT count(*) FROM users')
  t.same(rows, [{ count: '0' }])
})

t.test('a person by hand, one of nobody, and one of another organization', async (t) => {
  const stage = await openStage(t)
  const { superuser, run } = stage
  const values = { email: `${mark}@acme.test`, firstName: `${mark} F` }
  const { id } = await run((tx) => createPerson(tx, { values, metadata: {}, state: 'active' }))
  const other = await openStage(t)
  t.equal(await other.run((tx) => erasePerson(tx, uuid(id))), false)
  t.equal(await run((tx) => erasePerson(tx, newUuid())), false)
  t.equal((await placesOf(superuser, mark)).length, 3, 'the person, its claim, its event')
  t.equal(await run((tx) => erasePerson(tx, uuid(id))), true)
  t.same(await placesOf(superuser, mark), [])
})

t.test('erased while its directories write: gone whole, or somebody new whole', async (t) => {
  const stage = await openStage(t)
  const { database, scope, superuser, okta, google, run } = stage
  for (let round = 0; round < 15; round++) {
    const address = `round${round}@acme.test`
    const user = await okta.createUser(userDocument(address))
    const group = await okta.createGroup(`Round ${round}`)
    const id = await personOf(stage, address)
    await Promise.all([
      run((tx) => erasePerson(tx, id)),
      okta.patchUser(user, { title: 'Engineer' }),
      google.createUser(userDocument(address)),
      okta.changeMembers(group, [{ kind: 'add', ids: [user] }]).catch((error) => t.match(error, { code: /./ })),
      run((tx) => assignRole(tx, id, 'editor')),
      run((tx) => updatePerson(tx, id, { values: { title: 'By hand' } })),
    ])
    t.equal(await read(database, scope, (reader) => findUser(reader, id)), undefined)
    const { rows } = await superuser.query(
      `SELECT 'link' AS left_over FROM user_links WHERE user_id = $1
       UNION ALL SELECT 'role' FROM user_roles WHERE user_id = $1
       UNION ALL SELECT 'group' FROM user_groups WHERE user_id = $1
       UNION ALL SELECT 'claim' FROM email_claims WHERE user_id = $1
       UNION ALL SELECT 'event' FROM events WHERE subject_id = $1 AND type <> 'directory.user.erased'
         AND data::text <> '{"erased":true}'`,
      [id],
    )
    t.same(rows, [], `round ${round}`)
  }
  await assertTold(t, stage)
})

t.test('of whom the hook vetoed nothing is left when its directory lets go', async (t) => {
  const { database, scope, superuser, okta } = await openStage(t)
  await addHook(database, scope)
  const id = await okta.createUser(markedDocument(`${mark}@acme.test`))
  await playApplication(database, scope, (users) => ({
    decisions: users.map((user) => ({ id: user.id, action: 'veto', reason: `${mark} is known` })),
  }))
  t.ok((await placesOf(superuser, mark)).includes('arrivals'))
  await okta.deleteUsers([id])
  t.same(await placesOf(superuser, mark), [])
})
