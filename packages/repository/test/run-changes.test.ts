import t, { type Test } from 'tap'
import {
  erasePerson,
  listRunChanges,
  planImpact,
  pruneRuns,
  type RunChange,
  type RunChangePosition,
  read,
  transact,
} from '../src/index.ts'
import { cause } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'
import { addPolledDirectory, type MadeUpSource } from './support/sync-stage.ts'

async function openWorld(t: Test, options: { guarded?: boolean } = {}) {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization('Acme', options)
  const directory = await addPolledDirectory(database, scope)
  const changesOf = async (runId: string) => {
    const changes: RunChange[] = []
    for (let after: RunChangePosition | undefined; ; ) {
      const from = after
      const page = await read(database, scope, (reader) => listRunChanges(reader, runId, { after: from, limit: 2 }))
      changes.push(...(page ?? []).map(({ change }) => change))
      after = page?.at(-1)?.position
      if (after === undefined) return changes
    }
  }
  const impactOf = (runId: string) => read(database, scope, (reader) => planImpact(reader, runId))
  return { database, scope, directory, changesOf, impactOf, superuser: await connect(t, testDatabase.superuserUrl) }
}

/** By what it is about, briefly. */
function brief(change: RunChange): string {
  if (change.kind === 'membership') return `${change.effect} ${change.group.name} ${change.member.name}`
  const { sourceId, name } = change.kind === 'user' ? change.user : change.group
  return `${change.effect} ${sourceId} ${name} ${JSON.stringify(change.changes)}`
}

const before: MadeUpSource = {
  users: [
    { id: 'u1', userName: 'ann', attributes: { title: 'Clerk' } },
    { id: 'u2', userName: 'bob' },
    { id: 'u3', userName: 'cat' },
  ],
  groups: [
    { id: 'g1', name: 'All', members: ['u1', 'u2', 'g2'] },
    { id: 'g2', name: 'Staff' },
  ],
}
const after: MadeUpSource = {
  users: [
    { id: 'u1', userName: 'ann', attributes: { title: 'Boss' } },
    { id: 'u2', userName: 'bob', active: false },
    { id: 'u4', userName: 'dan' },
  ],
  groups: [
    { id: 'g1', name: 'Everybody', members: ['u1', 'u4', 'g3'] },
    { id: 'g3', name: 'New' },
  ],
}

t.test('a plan says what a sync then does, with before and after', async (t) => {
  const { directory, changesOf, impactOf, superuser, database } = await openWorld(t, { guarded: true })
  await directory.sync(before)
  const planned = await directory.plan(after)
  const expected = [
    'add Everybody New',
    'add Everybody dan',
    'create g3 New {}',
    'create u4 dan {"email":{"from":null,"to":"dan@example.test"},"lastName":{"from":null,"to":"dan"},"username":{"from":null,"to":"dan"}}',
    'deactivate u3 cat {"active":{"from":true,"to":false}}',
    'delete g2 Staff {}',
    'remove Everybody Staff',
    'remove Everybody bob',
    'update g1 Everybody {"name":{"from":"All","to":"Everybody"}}',
    'update u1 ann {"title":{"from":"Clerk","to":"Boss"}}',
    'update u2 bob {"active":{"from":true,"to":false}}',
  ]
  const shown = async (runId: string) => (await changesOf(runId)).map(brief).sort()
  const plan = (await shown(planned)).map((line) => line.replace(/^(add|remove|update g1) All/, '$1 Everybody'))
  t.strictSame(plan, expected)
  t.match(await impactOf(planned), {
    users: { removals: 2, population: 3 },
    groups: { removals: 1, population: 2 },
    memberships: { removals: 2 },
    wouldHold: [],
  })
  await pruneRuns(database, { before: new Date(0), runsMax: 100, cause })
  t.equal((await shown(planned)).length, expected.length, 'what it read is kept for a day')

  const run = await directory.sync(after)
  t.strictSame(await shown(run), expected)
  await directory.sync({ ...after, users: [{ id: 'u1', userName: 'ann', attributes: { title: 'Owner' } }] })
  t.strictSame(await shown(run), expected, 'and still does when others have come behind')
  const [user] = (await changesOf(run)).flatMap((change) => (change.kind === 'user' ? [change.user] : []))
  t.match(user?.userId, /^[0-9a-f-]{36}$/)

  await superuser.query("UPDATE sync_runs SET finished_at = now() - interval '2 days' WHERE purpose = 'plan'")
  await pruneRuns(database, { before: new Date(0), runsMax: 100, cause })
  const { rows } = await superuser.query('SELECT FROM sync_stage_records')
  t.strictSame(rows, [])
})

t.test('a plan says what the guard would hold', async (t) => {
  const { directory, impactOf } = await openWorld(t, { guarded: true })
  const users = Array.from({ length: 40 }, (_, at) => ({ id: `u${at}` }))
  await directory.sync({ users, groups: [{ id: 'g1', members: users.map(({ id }) => id) }] })
  const planned = await directory.plan({ users: [], groups: [{ id: 'g1', members: users.map(({ id }) => id) }] })
  t.strictSame((await impactOf(planned))?.wouldHold, ['users'])
})

t.test('an erased person is forgotten by everything that syncs remember', async (t) => {
  const { directory, superuser, database, scope } = await openWorld(t)
  const mark = 'zqmark'
  const marked = {
    id: `${mark}-id`,
    userName: mark,
    references: [`uid=${mark},dc=x`],
    attributes: { title: `${mark} title` },
  }
  const members = [marked.id, `=uid=${mark},dc=x`]
  await directory.sync({ users: [marked, { id: 'u2' }], groups: [{ id: 'g1', members }] })
  const { rows: found } = await superuser.query("SELECT user_id FROM users WHERE attributes ->> 'username' = $1", [
    mark,
  ])
  await directory.sync({
    users: [
      { ...marked, attributes: { title: mark } },
      { id: 'u2', userName: mark },
    ],
  })
  for (const _ of [1, 2, 3]) await directory.sync({ users: [{ id: 'u2' }] })
  await directory.sync({ users: [{ id: 'u2' }], groups: [{ id: 'g2', members }] })
  await directory.plan({ users: [marked, { id: 'u2' }], groups: [{ id: 'g1', members }] })
  t.ok(await transact(database, scope, cause, (tx) => erasePerson(tx, found[0]?.user_id)))
  const tables = [
    ...['sync_changes', 'sync_problems', 'sync_stage_records', 'sync_stage_edges', 'sync_runs', 'source_records'],
    'source_departures',
    ...['source_references', 'pending_memberships', 'directory_users', 'users', 'events'],
  ]
  for (const table of tables) {
    const { rows } = await superuser.query(
      `SELECT row_to_json(x)::text AS row FROM ${table} x WHERE row_to_json(x)::text ILIKE '%${mark}%'`,
    )
    t.strictSame(rows, [], table)
  }
})
