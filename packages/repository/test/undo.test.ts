import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  approveHold,
  createRoleMapping,
  type Database,
  erasePerson,
  findHold,
  findRun,
  finishSettlement,
  listRunProblems,
  type OrganizationScope,
  read,
  transact,
} from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { stageOf } from './support/settings-stage.ts'
import { addPolledDirectory, type MadeUpSource, type PolledDirectory } from './support/sync-stage.ts'
import { readState, withoutNewPeople } from './support/undo-state.ts'

interface World {
  database: Database
  scope: OrganizationScope
  directory: PolledDirectory
}

async function addWorld({ database, addOrganization }: Installation, guarded = false): Promise<World> {
  const scope = await addOrganization('Acme', { guarded })
  return { database, scope, directory: await addPolledDirectory(database, scope) }
}

function readRun({ database, scope }: World, runId: string) {
  return read(database, scope, (reader) => findRun(reader, runId))
}

async function problemsOf({ database, scope }: World, runId: string): Promise<string[]> {
  const problems = await read(database, scope, (reader) =>
    listRunProblems(reader, runId, { after: undefined, limit: 100 }),
  )
  return problems.map(({ code, sourceId }) => `${code} ${sourceId}`)
}

/** Everything is as it was; who came into being in between is inactive, and in nothing. */
async function assertRestored(
  t: Test,
  { database, scope }: World,
  before: Awaited<ReturnType<typeof readState>>,
  about: string,
): Promise<void> {
  const { state, fresh } = withoutNewPeople(await readState(database, scope), before)
  t.strictSame(state, before, about)
  t.strictSame(
    fresh.filter((user) => user.state === 'active'),
    [],
    about,
  )
}

const names = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay']
const some = <T>(from: readonly T[]) => fc.subarray([...from])

/** A source: users may swap names, know managers by DN, lack attributes; groups hold users, groups and strangers. */
const source: fc.Arbitrary<MadeUpSource> = fc
  .record({
    ids: fc.shuffledSubarray(['u1', 'u2', 'u3', 'u4', 'u5', 'u6'], { minLength: 1 }),
    facts: fc.array(
      fc.record({
        active: fc.boolean(),
        title: fc.option(fc.constantFrom('Boss', 'Clerk')),
        manager: fc.option(fc.constantFrom(...names)),
      }),
      { minLength: 6, maxLength: 6 },
    ),
    groups: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('g1', 'g2', 'g3', 'g4'),
        name: fc.constantFrom('Staff', 'Guests', 'All'),
        members: some(['u1', '=dn-ann', 'u3', 'u4', '=dn-eve', 'u6', 'g1', 'g2', 'g3', 'nobody']),
      }),
      { selector: ({ id }) => id },
    ),
  })
  .map(({ ids, facts, groups }) => ({
    users: ids.map((id, at) => {
      const { active = true, title = null, manager = null } = facts[at] ?? {}
      const userName = names[at] ?? id
      const attributes = { ...(title && { title }), ...(manager && { manager: `DN-${manager}` }) }
      return { id, userName, active, references: [`dn-${userName}`], attributes }
    }),
    groups,
  }))

const said = (id: string, name: string, manager: string) => ({
  ...{ id, userName: name, active: false, references: [`dn-${name}`] },
  attributes: { title: 'Boss', manager: `DN-${manager}` },
})

/** Groups trade their names, and a user that the filter keeps out its own: on the way back nobody keeps it out for a moment. */
const traded: { a: MadeUpSource; b: MadeUpSource } = {
  a: {
    users: [said('u1', 'ann', 'dan'), said('u5', 'bob', 'cat'), said('u3', 'cat', 'cat')],
    groups: [
      { id: 'g2', name: 'Guests', members: ['u1', '=dn-ann', 'u3', 'g1'] },
      { id: 'g3', name: 'All', members: [] },
      { id: 'g1', name: 'Staff', members: ['=dn-ann', 'u3', 'g3'] },
    ],
  },
  b: {
    users: [said('u3', 'ann', 'dan'), said('u1', 'bob', 'eve'), said('u4', 'dan', 'bob')],
    groups: [
      { id: 'g2', name: 'All', members: ['u1', 'u4'] },
      { id: 'g3', name: 'Guests', members: ['u1', '=dn-ann', 'u4', 'g1'] },
      { id: 'g1', name: 'Guests', members: ['g1'] },
    ],
  },
}

t.test('what a run did is taken back: property', async (t) => {
  const installation = await openInstallation(t)
  const cases = fc.record({
    ...{ a: source, b: source, guarded: fc.boolean(), isShared: fc.boolean(), isFiltered: fc.boolean() },
    stops: fc.integer({ min: 0, max: 3 }),
  })
  const known = { ...traded, guarded: false, isShared: true, isFiltered: true, stops: 3 }
  for (const [at, one] of [known, ...fc.sample(cases, { seed, numRuns: times(5, 200) })].entries()) {
    const about = `seed ${seed}, case ${at}`
    const { database } = installation
    const world = await addWorld(installation, one.guarded)
    const { scope, directory } = world
    if (one.isShared) {
      const okta = await addDirectory(database, scope, 'Okta')
      for (const name of ['ann', 'eve']) await okta.createUser(userDocument(`${name}@example.test`))
    }
    await transact(database, scope, cause, (tx) => createRoleMapping(tx, { groupName: 'Staff', roleIds: ['editor'] }))
    if (one.isFiltered) await stageOf(database, scope).change({ filters: { excludeGroups: ['Guests'] } })
    await directory.sync(one.a)
    const before = await readState(database, scope)
    const runId = await directory.sync(one.b)
    const after = await readState(database, scope)
    if (one.stops > 0) await directory.undo(runId, { batches: one.stops - 1 })
    const undo = await directory.undo(runId).catch(() => undefined)
    await assertRestored(t, world, before, about)
    if (undo !== undefined) {
      t.match(await readRun(world, runId), { undoneBy: undo }, about)
      t.strictSame(await problemsOf(world, undo), [], about)
    }
    await assertFolds(t, world, seed)
    if (at % 4 > 0) continue
    await directory.resume()
    await directory.sync(one.b)
    const again = await readState(database, scope)
    t.strictSame(sourceIdsOf(again), sourceIdsOf(after), `the source says the same again, ${about}`)
    if (!t.passing) break
  }
})

/** What the source has, by its own ids. */
function sourceIdsOf({ directory_users: users, directory_groups: groups }: Awaited<ReturnType<typeof readState>>) {
  const pick = (rows: Record<string, unknown>[]) =>
    rows.map(({ external_id: id, active, resource }) => ({ id, active, resource })).sort(byText)
  return { users: pick(users), groups: pick(groups) }
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
}

const people = (count: number, from = 0) => Array.from({ length: count }, (_, at) => ({ id: `u${from + at}` }))

t.test('nobody is left: held, approved, undone; and undone while it waits', async (t) => {
  const world = await addWorld(await openInstallation(t), true)
  const { database, scope, directory } = world
  const users = people(30)
  const full: MadeUpSource = { users, groups: [{ id: 'g1', name: 'All', members: users.map(({ id }) => id) }] }
  await directory.sync(full)
  const before = await readState(database, scope)
  const empty = await directory.sync({ users: [] })
  const holdId = (await readRun(world, empty))?.holdId ?? ''
  t.not(holdId, '', 'too many')
  const settlementId = await transact(database, scope, cause, (tx) => approveHold(tx, holdId))
  await finishSettlement(database, scope, settlementId ?? '', { deadlineMilliseconds: 60_000 })
  t.strictSame((await readState(database, scope)).user_groups, [])
  t.match(await readRun(world, await directory.undo(empty)), {
    ...{ status: 'completed', purpose: 'undo', problemCount: 0 },
    changeCounts: { 'user.return': 30, 'group.create': 1, 'membership.add': 30 },
  })
  await assertRestored(t, world, before, 'approved')
  await t.rejects(directory.undo(empty), { code: 'conflict' }, 'once')
  await directory.resume()

  const held = await directory.sync({ users: [] })
  await directory.undo(held)
  await assertRestored(t, world, before, 'held')
  const { holdId: open } = (await readRun(world, held)) ?? {}
  t.match(await read(database, scope, (reader) => findHold(reader, open ?? '')), { status: 'withdrawn' })
  await assertFolds(t, world, seed)
})

t.test('what was changed since stays, and is reported; the rest is undone', async (t) => {
  const world = await addWorld(await openInstallation(t))
  const { database, scope, directory } = world
  const rowsOf = async (table: 'users' | 'directory_users') => (await readState(database, scope))[table]
  await directory.sync({
    users: [{ id: 'u1', userName: 'ann' }, ...people(5, 2)],
    groups: [{ id: 'g1' }, { id: 'g2' }],
  })
  const personOf = async (idpId: string) => (await rowsOf('users')).find((user) => user.idp_id === idpId)
  const [u3, u6] = [await personOf('u3'), await personOf('u6')]
  const title = { attributes: { title: 'Boss' } }
  const undone = await directory.sync({
    users: [
      { id: 'u1', userName: 'anna' },
      ...['u2', 'u3', 'u4', 'u6'].map((id) => ({ id, ...title })),
      ...[{ id: 'u5' }, { id: 'n1' }, { id: 'n2' }],
    ],
    groups: [{ id: 'g1', name: 'One', members: ['u5', 'n1'] }, { id: 'g3' }],
  })
  await directory.sync({
    users: [
      ...[
        { id: 'u1', userName: 'anna' },
        { id: 'u2', attributes: { title: 'Clerk' } },
      ],
      ...['u3', 'u4', 'u6'].map((id) => ({ id, ...title })),
      ...[{ id: 'u5' }, { id: 'n1', ...title }, { id: 'n2' }, { id: 'n3', userName: 'ann' }],
    ],
    groups: [{ id: 'g1', name: 'Two', members: ['u5', 'n1'] }, { id: 'g2' }, { id: 'g3' }],
  })
  await transact(database, scope, cause, (tx) => erasePerson(tx, String(u3?.user_id)))
  const undo = await directory.undo(undone)
  t.strictSame((await problemsOf(world, undo)).sort(), [
    ...['changedSince g1', 'changedSince g2', 'changedSince n1', 'changedSince u2', 'erased ', 'nameTaken u1'],
  ])
  const users = await rowsOf('directory_users')
  t.strictSame(users.map((user) => user.external_id).sort(), ['n1', 'n3', 'u1', 'u2', 'u4', 'u5', 'u6'])
  t.match(await personOf('u6'), { user_id: u6?.user_id, attributes: { title: undefined } })
  t.match(await personOf('u2'), { attributes: { title: 'Clerk' } })
  t.strictSame(
    (await readState(database, scope)).directory_groups.map((group) => group.display_name).sort(),
    ['Two', 'g2'],
    'g2 is in the source again, as another group',
  )
  await assertFolds(t, world, seed)
  const failed = (await readRun(world, undo))?.runId ?? ''
  await t.rejects(directory.undo(failed), { code: 'conflict', message: /Only syncs/ })
})

t.test('one run after the other, the newest first: back to the beginning', async (t) => {
  const world = await addWorld(await openInstallation(t))
  const { database, scope, directory } = world
  await directory.sync({ users: people(3), groups: [{ id: 'g1', members: ['u0', 'u1'] }] })
  const before = await readState(database, scope)
  const attributes = { title: 'Boss' }
  const first = await directory.sync({ users: people(3).map((user) => ({ ...user, attributes })) })
  const second = await directory.sync({ users: [{ id: 'u0', active: false }], groups: [{ id: 'g1', members: ['u0'] }] })
  for (const run of [second, first]) t.strictSame(await problemsOf(world, await directory.undo(run)), [])
  await assertRestored(t, world, before, 'both')
  t.match((await readState(database, scope)).user_groups, { length: 2 })
})
