import t from 'tap'
import { deleteDirectory, transact } from '../src/index.ts'
import { settlePersons } from '../src/people/settling/settle-persons.ts'
import { cause } from './support/directory.ts'
import {
  addUsers,
  approve,
  deactivate,
  during,
  type HoldStage,
  mapRole,
  miscounted,
  off,
  onlyHold,
  openHoldStage,
  peopleOf,
  setGuard,
  statesOf,
  tally,
  withoutHolds,
} from './support/hold-stage.ts'
import { typesOf } from './support/reading.ts'

const sumOf = (...parts: Record<string, number>[]) => {
  const sum = new Map<string, number>()
  for (const [type, count] of parts.flatMap(Object.entries)) sum.set(type, (sum.get(type) ?? 0) + count)
  return Object.fromEntries([...sum].sort())
}

t.test('a deleted directory waits whole', async (t) => {
  const run = async (stage: HoldStage) => {
    await mapRole(stage, 'staff', 'member')
    const ids = await addUsers(stage.directory, 50)
    await stage.directory.createGroup('staff', ids)
    const other = await stage.addDirectory('Google')
    const elsewhere = await addUsers(other, 2)
    // Where the deleted directory ranks first, this does not count.
    await deactivate(other, elsewhere)
    return during(stage, () =>
      transact(stage.database, stage.scope, cause, (tx) => deleteDirectory(tx, stage.directory.directoryId)),
    )
  }
  const stage = await openHoldStage(t)
  const twin = await openHoldStage(t, { guard: off })
  const [held, expected] = [await run(stage), await run(twin)]
  t.same(typesOf(held), ['directory.deleted', 'hold.created'])
  t.same(await statesOf(stage), { active: 50, inactive: 0 })
  t.match(await onlyHold(stage), { reason: 'directory_deleted', waiting: { users: 50, groups: 1, memberships: 50 } })
  const unchanged = await during(stage, () =>
    transact(stage.database, stage.scope, cause, async (tx) => {
      const { rows } = await stage.superuser.query('SELECT user_id FROM users')
      const ids = rows.map((row) => row.user_id)
      await settlePersons(tx, ids, { directoryId: null })
    }),
  )
  t.same(unchanged, [], 'what waits ranks where its directory did')
  const released = await during(stage, async () => approve(stage, (await onlyHold(stage)).holdId))
  t.same(sumOf(withoutHolds(tally(held)), withoutHolds(tally(released))), tally(expected))
  t.same(await peopleOf(stage), await peopleOf(twin))
  for (const table of ['groups', 'user_groups', 'user_roles']) {
    t.same((await stage.superuser.query(`SELECT FROM ${table}`)).rows, [], table)
  }
})

t.test('what waits already goes on waiting when its directory is deleted', async (t) => {
  const stage = await openHoldStage(t, { guard: { users: { removalsMax: 0 }, memberships: { removalsMax: 0 } } })
  const { directory } = stage
  const ids = await addUsers(directory, 4)
  const staff = await directory.createGroup('staff', ids)
  await directory.createGroup('empty')
  const [first = '', second = '', third = ''] = ids
  await directory.patchUser(first, { active: false })
  await directory.deleteUsers([second])
  await directory.changeMembers(staff, [{ kind: 'remove', ids: [third] }])
  t.match(await onlyHold(stage), { waiting: { users: 2, groups: 0, memberships: 2 } })
  await setGuard(stage, off)
  const deleted = await during(stage, () =>
    transact(stage.database, stage.scope, cause, (tx) => deleteDirectory(tx, directory.directoryId)),
  )
  t.same(tally(deleted), { 'directory.deleted': 1, 'directory.group.deleted': 1, 'directory.user.deleted': 2 })
  t.match(deleted.find(({ type }) => type === 'directory.group.deleted')?.data, { group: { name: 'empty' } })
  t.same(await statesOf(stage), { active: 2, inactive: 2 })
  t.match((await peopleOf(stage))['user-0@acme.test'], { state: 'active', groups: ['staff'] })
  const { holdId, waiting } = await onlyHold(stage)
  t.same(waiting, { users: 2, groups: 1, memberships: 2 })
  const approved = await during(stage, () => approve(stage, holdId))
  t.same(tally(approved), { 'directory.group.deleted': 1, 'directory.user.deleted': 2, 'hold.approved': 1 })
  for (const table of ['groups', 'user_groups', 'user_links', 'removal_counts']) {
    t.same((await stage.superuser.query(`SELECT FROM ${table}`)).rows, [], table)
  }
  t.same(await miscounted(stage), [])
})
