import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  applyNext,
  deleteDirectory,
  findRun,
  finishRun,
  judgeRun,
  listEvents,
  type OrganizationScope,
  planRun,
  read,
  restartReading,
  stagePage,
  transact,
} from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { cause } from './support/directory.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { addPolledDirectory, type MadeUpSource, type MadeUpUser, pagesOf } from './support/sync-stage.ts'

async function openWorld(t: Test, options: { guarded?: boolean } = {}) {
  const installation = await openInstallation(t)
  const scope = await installation.addOrganization('Acme', options)
  return { ...world(installation, scope), directory: await addPolledDirectory(installation.database, scope) }
}

function world({ database }: Installation, scope: OrganizationScope) {
  const rows = <T>(statement: ReturnType<typeof sql<T>>) =>
    read(database, scope, async ({ db }) => (await statement.execute(db)).rows)
  return {
    database,
    scope,
    rows,
    /** By the ids of the source. */
    users: async () =>
      Object.fromEntries(
        (
          await rows(sql<{ id: string; state: string }>`
          SELECT d.external_id AS id, d.active::text || ' ' || COALESCE(u.state, '-') || CASE WHEN l.hold_id IS NULL THEN '' ELSE ' held' END AS state
          FROM directory_users d
          LEFT JOIN user_links l ON l.directory_user_id = d.directory_user_id LEFT JOIN users u ON u.user_id = l.user_id
          ORDER BY d.external_id`)
        ).map(({ id, state }) => [id, state]),
      ),
    edges: async () =>
      (
        await rows(sql<{ edge: string }>`
        SELECT g.external_id || ' ' || COALESCE(d.external_id, c.external_id) AS edge FROM memberships m
        JOIN directory_groups g ON g.directory_group_id = m.directory_group_id
        LEFT JOIN directory_users d ON d.directory_user_id = m.directory_user_id
        LEFT JOIN directory_groups c ON c.directory_group_id = m.child_group_id ORDER BY 1`)
      ).map(({ edge }) => edge),
    /** Group and person, nested ones included. */
    people: async () =>
      (
        await rows(sql<{ edge: string }>`
        SELECT g.name || ' ' || u.idp_id AS edge FROM user_groups ug JOIN groups g ON g.group_id = ug.group_id
        JOIN users u ON u.user_id = ug.user_id ORDER BY 1`)
      ).map(({ edge }) => edge),
    events: async (after = 0) =>
      (await read(database, scope, (reader) => listEvents(reader, {}, { after, limit: 1_000 }))).map(
        (event) => event.type,
      ),
    lastSequence: async () =>
      (await rows(sql<{ last: number }>`SELECT last_sequence AS last FROM event_sequences`))[0]?.last ?? 0,
    run: (runId: string) => read(database, scope, (reader) => findRun(reader, runId)),
  }
}

const acme: MadeUpSource = {
  users: [
    { id: 'u1', userName: 'ann', references: ['uid=ann,dc=x'] },
    { id: 'u2', userName: 'bob', references: ['uid=bob,dc=x'], attributes: { manager: 'UID=ann,dc=X' } },
    { id: 'u3', userName: 'cat', active: false },
  ],
  groups: [
    { id: 'g1', name: 'All', members: ['g2', 'u1'] },
    { id: 'g2', name: 'Staff', members: ['=UID=Bob,dc=x', 'u3', 'nobody'] },
  ],
}

t.test('a directory is made what its source says, and only differences are made', async (t) => {
  const { directory, users, edges, people, events, lastSequence, run, rows } = await openWorld(t)
  const first = await directory.sync(acme)
  t.strictSame(await users(), { u1: 'true active', u2: 'true active', u3: 'false inactive' })
  t.strictSame(await edges(), ['g1 g2', 'g1 u1', 'g2 u2', 'g2 u3'])
  t.strictSame(await people(), ['All u1', 'All u2', 'Staff u2'])
  t.match(await run(first), {
    status: 'completed',
    read: { users: 3, groups: 2, memberships: 5 },
    changeCounts: { 'user.create': 3, 'group.create': 2, 'membership.add': 4 },
    changes: { total: 9, done: 9 },
  })
  t.match(await rows(sql`SELECT count(*) FROM users WHERE manager_id IS NOT NULL`), [{ count: 1 }], 'by its DN')
  t.strictSame(
    (await events()).filter((type) => !/user\.(created|synced)/.test(type)),
    ['directory.group.created', 'directory.group.created', 'directory.activated', 'directory.sync_completed'],
  )

  const sequence = await lastSequence()
  t.match(await run(await directory.sync(acme)), { changes: { total: 0 }, read: { users: 3 } })
  t.strictSame(await events(sequence), ['directory.sync_completed'])

  const changed: MadeUpSource = {
    users: [{ ...acme.users[0], id: 'u1', attributes: { title: 'Boss' } }, ...acme.users.slice(1), { id: 'nobody' }],
    groups: [{ id: 'g1', name: 'Everybody', members: ['g2', 'nobody'] }, ...(acme.groups?.slice(1) ?? [])],
  }
  t.match(await run(await directory.sync(changed)), {
    changeCounts: {
      'user.create': 1,
      'user.update': 1,
      'group.update': 1,
      'membership.add': 2,
      'membership.remove': 1,
    },
  })
  t.strictSame(await people(), ['Everybody nobody', 'Everybody u2', 'Staff nobody', 'Staff u2'])
  t.strictSame((await events(sequence + 1)).sort(), [
    'directory.group.updated',
    'directory.group.user_removed',
    'directory.sync_completed',
    'directory.user.created',
    'directory.user.synced',
    'directory.user.synced',
    'directory.user.updated',
  ])
})

t.test(
  'missing: deactivated, with its memberships; after three complete scans deleted; back before that as it was',
  async (t) => {
    const { directory, users, edges, events, lastSequence, rows } = await openWorld(t)
    await directory.sync(acme)
    const ids = await rows(sql`SELECT directory_user_id FROM directory_users ORDER BY 1`)
    const without: MadeUpSource = { users: acme.users.slice(1), groups: [{ id: 'g1', name: 'All', members: ['g2'] }] }
    const sequence = await lastSequence()
    await directory.sync(without)
    t.strictSame(await users(), { u1: 'false inactive', u2: 'true active', u3: 'false inactive' })
    t.strictSame(await edges(), ['g1 u1'], 'the group that is gone is gone at once')
    t.ok((await events(sequence)).includes('directory.user.deactivated'))
    t.ok((await events(sequence)).includes('directory.group.deleted'))
    await directory.sync(acme)
    t.strictSame(await users(), { u1: 'true active', u2: 'true active', u3: 'false inactive' })
    t.strictSame(await rows(sql`SELECT directory_user_id FROM directory_users ORDER BY 1`), ids)
    for (const _ of [1, 2]) await directory.sync(without)
    t.match(await users(), { u1: 'false inactive' })
    await directory.sync({ users: [], removed: [] }, { scan: 'delta' })
    t.match(await users(), { u1: 'false inactive' }, 'a delta is no complete scan')
    await directory.sync(without)
    t.strictSame(await users(), { u2: 'true active', u3: 'false inactive' })
  },
)

t.test('a delta changes what it names, and a group whose members were not read keeps them', async (t) => {
  const { database, directory, users, edges } = await openWorld(t)
  await directory.sync(acme)
  await directory.sync(
    {
      users: [{ id: 'u4', references: ['uid=eve'] }],
      groups: [{ id: 'g2', name: 'Staff', read: 'changes', members: ['u4'] }],
      removed: [{ kind: 'user', id: 'u1' }],
      removedEdges: [['g2', '=uid=bob,dc=x']],
    },
    { scan: 'delta' },
  )
  t.strictSame(await users(), { u1: 'false inactive', u2: 'true active', u3: 'false inactive', u4: 'true active' })
  t.strictSame(await edges(), ['g1 g2', 'g1 u1', 'g2 u3', 'g2 u4'])
  await directory.sync({ users: [], groups: [{ id: 'g1', name: 'A', read: 'unread' }] }, { scan: 'delta' })
  t.strictSame(await edges(), ['g1 g2', 'g1 u1', 'g2 u3', 'g2 u4'])
  await directory.sync(
    { users: [], groups: [{ id: 'g1', name: 'A', members: ['=UID=EVE', '=later'] }] },
    { scan: 'delta' },
  )
  t.strictSame(await edges(), ['g1 u1', 'g1 u4', 'g2 u3', 'g2 u4'], 'who is missing stays in its groups')
  await directory.sync({ users: [{ id: 'u5', references: ['Later'] }], groups: [] }, { scan: 'delta' })
  t.strictSame(await edges(), ['g1 u1', 'g1 u4', 'g1 u5', 'g2 u3', 'g2 u4'], 'whoever was waited for is in')
  await directory.sync({ users: [{ id: 'u6' }] }, { scan: 'delta' })
  await directory.sync({ users: [], removed: [{ kind: 'user', id: 'u6' }] }, { scan: 'delta' })
  t.match(await users(), { u6: 'false inactive' })
  await directory.sync({ users: [], present: [{ kind: 'user', id: 'u6' }] }, { scan: 'delta' })
  t.match(await users(), { u6: 'true active' }, 'seen again, it is what it was')
  const doubtful = await directory.read({ users: [], present: [{ kind: 'user', id: 'u1' }] }, { scan: 'delta' })
  t.equal(await planRun(database, doubtful.lease), 'needsFullScan', 'its groups may have changed while it was missing')
  t.match(await users(), { u1: 'false inactive' })
})

t.test(
  'who was deleted by a delta and comes back with one has everything read, for what it is a member of',
  async (t) => {
    const { database, directory, users, edges } = await openWorld(t)
    const [outer, inner] = [
      { id: 'g1', members: ['g2', 'u1'] },
      { id: 'g2', members: ['u1'] },
    ]
    const whole = { users: [{ id: 'u1' }], groups: [outer, inner] }
    await directory.sync(whole)
    await directory.sync({ users: [], removed: [{ kind: 'group', id: 'g2' }] }, { scan: 'delta' })
    t.strictSame(await edges(), ['g1 u1'])
    const another = { users: [{ id: 'u2' }], groups: [{ id: 'g3', members: ['u2'] }] }
    await directory.sync(another, { scan: 'delta' })
    t.strictSame(await edges(), ['g1 u1', 'g3 u2'], 'who is new for good needs no more than that')
    const doubtful = await directory.read({ users: [], groups: [inner] }, { scan: 'delta' })
    t.equal(
      await planRun(database, doubtful.lease),
      'needsFullScan',
      'nobody says whether it is in the outer one again',
    )
    await restartReading(database, doubtful.lease, 'full')
    const now = { users: [...whole.users, ...another.users], groups: [...whole.groups, ...another.groups] }
    for (const page of pagesOf(now)) await stagePage(database, doubtful.lease, page)
    await directory.apply(doubtful)
    t.strictSame(await edges(), ['g1 g2', 'g1 u1', 'g2 u1', 'g3 u2'])
    t.strictSame(await users(), { u1: 'true active', u2: 'true active' })
  },
)

t.test('nor does it matter how long ago somebody was deleted, and by what', async (t) => {
  const { database, directory, users, edges } = await openWorld(t)
  const gone = { users: [{ id: 'u2' }], groups: [{ id: 'g1', members: ['u2'] }] }
  await directory.sync({
    users: [{ id: 'u1' }, { id: 'u2' }],
    groups: [
      { id: 'g1', members: ['g2', 'u1', 'u2'] },
      { id: 'g2', members: ['u2'] },
    ],
  })
  for (let scan = 0; scan < 4; scan += 1) await directory.sync(gone)
  t.strictSame(await users(), { u2: 'true active' })
  t.strictSame(await edges(), ['g1 u2'])
  for (const back of [{ users: [{ id: 'u1' }] }, { users: [], groups: [{ id: 'g2', members: ['u2'] }] }]) {
    const { lease } = await directory.read(back, { scan: 'delta' })
    t.equal(await planRun(database, lease), 'needsFullScan')
    await finishRun(database, lease, { dueInSeconds: 3_600 })
  }
  await directory.sync({ ...gone, users: [{ id: 'u1' }, ...gone.users] })
  await directory.sync({ users: [{ id: 'u1', attributes: { title: 'Back' } }], groups: [] }, { scan: 'delta' })
  t.strictSame(await users(), { u1: 'true active', u2: 'true active' }, 'who is known again is as everybody')
})

t.test('what cannot be taken in is told once, however often a reader comes by it', async (t) => {
  const { database, scope, directory } = await openWorld(t)
  const problem = (sourceId: string) => ({
    code: 'groupNameMissing',
    kind: 'group' as const,
    sourceId,
    detail: 'None.',
  })
  const { lease } = await directory.read({ users: [{ id: 'u1' }] })
  const [page] = pagesOf({ users: [{ id: 'u1' }] })
  if (page === undefined) throw new Error('There is no page')
  for (const problems of [[problem('g1')], [problem('g1'), problem('g2')], [problem('g2'), problem('g3')]])
    await stagePage(database, lease, { ...page, problems })
  const run = await read(database, scope, (reader) => findRun(reader, lease.runId))
  t.equal(run?.problemCount, 3)
})

t.test('whoever cannot be taken in is a member by what the source calls it now, and later', async (t) => {
  const { directory, edges, events, lastSequence } = await openWorld(t)
  const staff = (id: string, ...members: string[]) => ({ id, name: id, members })
  const named = (id: string, userName: string) => ({ id, userName, references: [`cn=${userName}`] })
  await directory.sync({
    users: [named('u1', 'ann'), named('u2', 'bob')],
    groups: [staff('g1', '=cn=ann', '=cn=bob')],
  })
  const sequence = await lastSequence()
  // One without a name, one who wants that of the other: both have moved.
  await directory.sync(
    {
      users: [{ ...named('u2', 'ann'), references: ['cn=bob two'] }],
      groups: [staff('g1', '=CN=Ann Two', '=cn=bob two')],
      present: [{ kind: 'user', id: 'u1', references: ['cn=ann two'] }],
    },
    { scan: 'delta' },
  )
  t.strictSame(await edges(), ['g1 u1', 'g1 u2'])
  await directory.sync(
    { users: [], groups: [staff('g1', '=cn=ann two', '=cn=bob two'), staff('g2', '=cn=ann', '=cn=bob two')] },
    { scan: 'delta' },
  )
  t.strictSame(await edges(), ['g1 u1', 'g1 u2', 'g2 u2'], 'and by nothing else')
  t.notOk((await events(sequence)).some((type) => type.endsWith('_removed')))
})

t.test('names: who has one keeps it, users swap theirs, and a newcomer gets that of somebody missing', async (t) => {
  const { directory, users, rows, run } = await openWorld(t)
  const named = (names: Record<string, string>): MadeUpSource => ({
    users: Object.entries(names).map(([id, userName]) => ({ id, userName })),
  })
  const names = async () =>
    Object.fromEntries(
      (
        await rows(
          sql<{
            id: string
            name: string
          }>`SELECT external_id AS id, user_name_key AS name FROM directory_users ORDER BY 1`,
        )
      ).map(({ id, name }) => [id, name]),
    )
  await directory.sync(named({ a: 'ann', b: 'bob', c: 'cat' }))
  const taken = await directory.sync(named({ a: 'ann', b: 'ann', c: 'bob', d: 'ANN', e: 'eve' }))
  t.strictSame(await names(), { a: 'ann', b: 'bob', c: 'cat', e: 'eve' })
  t.match(await run(taken), { problemCount: 3, changes: { total: 1 } })
  t.strictSame(Object.values(await users()), Array(4).fill('true active'), 'whoever is refused is not missing')
  await directory.sync(named({ a: 'bob', b: 'cat', c: 'ann', e: 'eve' }))
  t.strictSame(await names(), { a: 'bob', b: 'cat', c: 'ann', e: 'eve' })
  await directory.sync(named({ a: 'bob', b: 'cat', f: 'ann', e: 'eve' }))
  t.match(await names(), { f: 'ann', c: /^[0-9a-f-]{36} ann$/ })
  await directory.sync(named({ a: 'bob', b: 'cat', c: 'ann', f: 'ann', e: 'eve' }))
  t.match(await names(), { f: 'ann', c: /^[0-9a-f-]{36} ann$/ }, 'and keeps it')
})

t.test('a run is judged as a whole: what is too much waits, the rest is done', async (t) => {
  const { directory, users, edges, people, run, events, lastSequence } = await openWorld(t, { guarded: true })
  const many = Array.from({ length: 120 }, (_, index) => ({ id: `u${index}` }))
  const members = many.map(({ id }) => id)
  await directory.sync({
    users: many,
    groups: [
      { id: 'g1', members },
      { id: 'g2', members: members.slice(0, 3) },
    ],
  })
  const sequence = await lastSequence()
  const held = await directory.sync({ users: many.slice(40), groups: [{ id: 'g1', members: members.slice(40) }] })
  const found = await run(held)
  t.match(found, { status: 'completed', holdId: /^[0-9a-f-]{36}$/, usersRemoved: 0 })
  t.equal(Object.values(await users()).filter((state) => state === 'false active held').length, 40)
  t.equal((await people()).filter((edge) => edge.startsWith('g1')).length, 120)
  t.notOk(
    (await people()).some((edge) => edge.startsWith('g2 ')),
    'one group of two is below the limits',
  )
  t.equal((await edges()).length, 120, 'the memberships of who is missing stay in the directory')
  const types = await events(sequence)
  t.notOk(types.includes('directory.user.deactivated'))
  t.ok(types.includes('hold.created') && types.includes('directory.group.deleted'))
  t.match(await run(await directory.sync({ users: many.slice(40), groups: [{ id: 'g1', members }] })), { holdId: null })
})

t.test('a directory that is deleted in the middle of a run leaves nobody between', async (t) => {
  for (const guarded of [true, false]) {
    const { database, scope, directory, rows, people } = await openWorld(t, { guarded })
    const many = Array.from({ length: 30 }, (_, index) => ({ id: `u${index}` }))
    const whole = { users: many, groups: [{ id: 'g1', members: many.map(({ id }) => id) }] }
    await directory.sync(whole)
    await directory.sync({ ...whole, users: many.slice(10) })
    await directory.sync({ ...whole, users: many.slice(10) })
    // Ten are to be deleted, ten to be deactivated, the group is to go.
    const { lease } = await directory.read({ users: many.slice(20) })
    await planRun(database, lease)
    while (await applyNext(database, lease));
    await transact(database, scope, cause, (tx) => deleteDirectory(tx, directory.directoryId))
    t.match(
      await rows(
        sql`SELECT count(*) FROM user_links WHERE NOT EXISTS (SELECT FROM holds h WHERE h.hold_id = user_links.hold_id)`,
      ),
      [{ count: 0 }],
    )
    t.match(
      await rows(
        sql`SELECT count(*) FROM groups WHERE NOT EXISTS (SELECT FROM holds h WHERE h.hold_id = groups.hold_id)`,
      ),
      [{ count: 0 }],
    )
    t.match(await rows(sql`SELECT count(*) FROM users WHERE state = 'active'`), [{ count: guarded ? 30 : 0 }])
    t.equal((await people()).length, guarded ? 30 : 0)
    t.match(await rows(sql`SELECT count(*) FROM sync_stage_records`), [{ count: 0 }])
    await t.rejects(judgeRun(database, lease), { name: 'LeaseLost' })
    await assertFolds(t, { database, scope }, 0)
  }
})

t.test('managers are found by what they are called from now on, whatever comes first', async (t) => {
  const { directory, rows } = await openWorld(t)
  const users = Array.from({ length: 1_100 }, (_, index) => ({ id: `u${index}`, references: [`uid=u${index}`] }))
  await directory.sync({ users })
  const inOrder = await rows(
    sql<{ id: string }>`SELECT external_id AS id FROM directory_users ORDER BY directory_user_id`,
  )
  const [report, manager] = [inOrder[0]?.id, inOrder.at(-1)?.id]
  const renamed = users.map((user): MadeUpUser => {
    // More change than one batch takes: the manager comes with a later one.
    const references = user.id === manager ? ['uid=boss'] : user.references
    return { ...user, references, attributes: user.id === report ? { manager: 'UID=boss' } : { title: 'Engineer' } }
  })
  await directory.sync({ users: renamed })
  t.match(
    await rows(
      sql`SELECT u.idp_id AS report, m.idp_id AS manager FROM users u JOIN users m ON m.user_id = u.manager_id`,
    ),
    [{ report, manager }],
  )
})
