import { toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import { listHeldChanges, read } from '../src/index.ts'
import { type TestDirectory, userDocument } from './support/directory.ts'
import {
  addUsers,
  approve,
  deactivate,
  decider,
  during,
  type HoldStage,
  holdsOf,
  mapRole,
  miscounted,
  off,
  onlyHold,
  openHoldStage,
  peopleOf,
  reject,
  setGuard,
  statesOf,
  tally,
  waitingIn,
  withoutHolds,
} from './support/hold-stage.ts'
import { eventsOf, typesOf } from './support/reading.ts'

/** 200 people in a group that gives a role. */
async function fill(stage: HoldStage): Promise<string[]> {
  await mapRole(stage, 'everybody', 'member')
  const ids = await addUsers(stage.directory, 200)
  await stage.directory.createGroup('everybody', ids)
  return ids
}

t.test('60 of 200 are deactivated one by one: the first 40 are, the others wait together', async (t) => {
  const stage = await openHoldStage(t)
  const ids = await fill(stage)
  const pushed = await during(stage, () => deactivate(stage.directory, ids.slice(0, 60)))
  t.match(tally(pushed), { 'directory.user.deactivated': 40, 'directory.user.synced': 60, 'hold.created': 1 })
  t.same(await statesOf(stage), { active: 160, inactive: 40 })
  const { rows } = await stage.superuser.query('SELECT count(*)::int AS count FROM directory_users WHERE NOT active')
  t.equal(rows[0].count, 60, 'what the source said is stored')
  const kept = await peopleOf(stage)
  t.match(kept['user-59@acme.test'], { state: 'active', groups: ['everybody'], roles: ['member'] })
  t.match(kept['user-0@acme.test'], { state: 'inactive', groups: [], roles: [] })
  const hold = await onlyHold(stage)
  t.match(hold, {
    directoryId: stage.directory.directoryId,
    reason: 'push',
    status: 'open',
    tripped: { kind: 'users', removals: 1 },
    waiting: { users: 20, groups: 0, memberships: 0 },
    expiresAt: null,
    decidedBy: null,
  })
  t.same(await miscounted(stage), [])

  await t.test('the hour slides', async (t) => {
    // A minute may have ended since the first of them.
    await stage.superuser.query(`UPDATE removal_counts SET minute = minute - interval '57 minutes',
      minute_of_hour = (minute_of_hour + 3) % 60`)
    await deactivate(stage.directory, ids.slice(60, 61))
    t.equal((await onlyHold(stage)).waiting.users, 21, 'nearly an hour later it waits with the others')
    await stage.superuser.query(`UPDATE removal_counts SET minute = minute - interval '4 minutes',
      minute_of_hour = (minute_of_hour + 56) % 60`)
    await deactivate(stage.directory, ids.slice(61, 62))
    t.equal((await onlyHold(stage)).waiting.users, 21, 'an hour later it is the first again')
    t.same(await statesOf(stage), { active: 159, inactive: 41 })
  })

  await t.test('approved, all is as if nothing had waited', async (t) => {
    const released = await during(stage, () => approve(stage, hold.holdId))
    t.same(tally(released), { 'directory.user.deactivated': 21, 'hold.approved': 1 })
    t.equal(released[0]?.type, 'hold.approved')
    const twin = await openHoldStage(t, { guard: off })
    const twins = await fill(twin)
    await deactivate(twin.directory, twins.slice(0, 62))
    t.same(await peopleOf(stage), await peopleOf(twin))
    const told = tally(await eventsOf(stage.database, stage.scope))
    t.same(withoutHolds(told), tally(await eventsOf(twin.database, twin.scope)))
    t.match(await waitingIn(stage, hold.holdId), { status: 'approved', decidedBy: decider, waiting: { users: 0 } })
    t.same(await miscounted(stage), [])
    t.same((await stage.superuser.query('SELECT FROM hold_routes')).rows, [])
    const [entry] = (await stage.superuser.query(`SELECT * FROM audit_entries WHERE action = 'hold.approve'`)).rows
    t.match(entry, { target: hold.holdId, detail: { reason: 'push', users: 21, groups: 0, memberships: 0 } })
    await t.rejects(approve(stage, hold.holdId), { code: 'conflict', detail: 'The hold is approved.' })
    await t.rejects(reject(stage, hold.holdId), { code: 'conflict', detail: 'The hold is approved.' })
  })
})

t.test('rejected, people keep what they have until the source says otherwise', async (t) => {
  const stage = await openHoldStage(t, { guard: { users: { removalsMax: 1 } } })
  const ids = await addUsers(stage.directory, 4)
  await deactivate(stage.directory, ids)
  const { holdId } = await onlyHold(stage)
  t.same(typesOf(await during(stage, () => reject(stage, holdId))), ['hold.rejected'])
  t.same(await statesOf(stage), { active: 3, inactive: 1 })
  await t.rejects(reject(stage, holdId), { code: 'conflict', detail: 'The hold is rejected.' })
  const [, second = '', third = ''] = ids
  const back = await during(stage, () => stage.directory.patchUser(second, { active: true }))
  t.same(typesOf(back), ['directory.user.synced'], 'the person never left')
  t.match(await waitingIn(stage, holdId), { status: 'rejected', waiting: { users: 2 } })
  await stage.directory.deleteUsers([third])
  t.match(await waitingIn(stage, holdId), { waiting: { users: 2 } }, 'what waits goes on waiting, deleted or not')
  const later = await during(stage, () => stage.directory.patchUser(second, { active: false }))
  t.equal((await holdsOf(stage)).length, 2, 'what comes after the decision is judged anew')
  t.same(typesOf(later), ['hold.created', 'directory.user.synced'])
  const approved = await during(stage, () => approve(stage, holdId))
  t.same(
    tally(approved),
    { 'directory.user.deactivated': 1, 'directory.user.deleted': 1, 'hold.approved': 1 },
    'approved after all',
  )
  t.same(await statesOf(stage), { active: 1, inactive: 3 })
  t.same(await miscounted(stage), [])
})

t.test('deletions wait with the groups that went with them', async (t) => {
  const stage = await openHoldStage(t, { guard: { users: { removalsMax: 1 } } })
  await mapRole(stage, 'staff', 'member')
  const ids = await addUsers(stage.directory, 4)
  const staff = await stage.directory.createGroup('staff', ids)
  await stage.directory.deleteUsers(ids.slice(0, 1))
  await stage.directory.deleteUsers(ids.slice(1, 3))
  const { holdId } = await onlyHold(stage)
  t.match(await onlyHold(stage), { waiting: { users: 2, memberships: 2 } })
  t.match((await peopleOf(stage))['user-1@acme.test'], { state: 'active', groups: ['staff'], roles: ['member'] })
  const changes = await read(stage.database, stage.scope, (reader) =>
    listHeldChanges(reader, holdId, { after: undefined, limit: 10 }),
  )
  const users = changes.flatMap(({ change }) => (change?.kind === 'user' ? [change] : []))
  t.same(
    users.map(({ effect, user }) => [effect, user.email]).sort(),
    [1, 2].map((index) => ['delete', `user-${index}@acme.test`]),
  )
  for (const { change } of changes.slice(2)) t.match(change, { kind: 'membership', group: { name: 'staff' } })
  const paged = await read(stage.database, stage.scope, async (reader) => {
    const pages = []
    let after: (typeof changes)[number]['position'] | undefined
    for (;;) {
      const [next] = await listHeldChanges(reader, holdId, { after, limit: 1 })
      if (next === undefined) return pages
      pages.push(next)
      after = next.position
    }
  })
  t.same(paged, changes)

  await t.test('who is created again is the same person, and waits no more', async (t) => {
    const before = await stage.superuser.query('SELECT user_id FROM users ORDER BY user_id')
    const again = await stage.directory.createUser(userDocument('user-1@acme.test'))
    t.same((await stage.superuser.query('SELECT user_id FROM users ORDER BY user_id')).rows, before.rows)
    const links = await stage.superuser.query(
      `SELECT l.hold_id FROM user_links l JOIN users u USING (user_id) WHERE u.attributes ->> 'email' = 'user-1@acme.test'`,
    )
    t.same(links.rows, [{ hold_id: null }])
    t.match(await onlyHold(stage), { waiting: { users: 1, memberships: 2 } }, 'groups are not given again by that')
    await stage.directory.changeMembers(staff, [{ kind: 'add', ids: [again] }])
    t.match(await onlyHold(stage), { waiting: { users: 1, memberships: 1 } })
    t.same(await miscounted(stage), [])
    const last = await stage.directory.createUser(userDocument('user-2@acme.test'))
    const withdrawn = await during(stage, () => stage.directory.changeMembers(staff, [{ kind: 'add', ids: [last] }]))
    t.same(typesOf(withdrawn), ['hold.withdrawn'])
    t.match(await onlyHold(stage), { status: 'withdrawn', decidedBy: null })
    await t.rejects(approve(stage, holdId), { code: 'conflict', detail: 'The hold is withdrawn.' })
    t.same(await miscounted(stage), [])
  })
})

t.test('members who leave a group together wait, and so do the groups around it', async (t) => {
  const stage = await openHoldStage(t)
  const twin = await openHoldStage(t, { guard: off })
  const play = async ({ directory }: HoldStage) => {
    const ids = await addUsers(directory, 620)
    const inner = await directory.createGroup('inner', ids)
    await directory.createGroup('outer', [inner])
    return { ids, inner }
  }
  const [{ ids, inner }, there] = [await play(stage), await play(twin)]
  const remove = (of: { ids: string[]; inner: string }, directory: TestDirectory) =>
    directory.changeMembers(of.inner, [{ kind: 'remove', ids: of.ids.slice(0, 600) }])
  const held = await during(stage, () => remove({ ids, inner }, stage.directory))
  const expected = await during(twin, () => remove(there, twin.directory))
  t.same(typesOf(held), ['hold.created'])
  t.match(held[0]?.data, { hold: { kind: 'memberships', status: 'open', reason: 'push' } })
  t.match(await onlyHold(stage), { waiting: { users: 0, memberships: 1_200 }, tripped: { removals: 1_200 } })
  t.equal((await stage.directory.memberIds(inner)).length, 20, 'the source reads what it said')

  const [first = '', second = ''] = ids
  const gone = await during(stage, () => stage.directory.patchUser(first, { active: false }))
  t.same(typesOf(gone), ['directory.user.deactivated', 'directory.user.synced'], 'who is inactive waits in no group')
  await stage.directory.patchUser(first, { active: true })
  t.match(await onlyHold(stage), { waiting: { memberships: 1_198 } })
  t.match((await peopleOf(stage))['user-0@acme.test'], { state: 'active', groups: [] })
  await stage.directory.changeMembers(inner, [{ kind: 'add', ids: [second] }])
  t.match(await onlyHold(stage), { waiting: { memberships: 1_196 } }, 'who joins again is in both')
  t.same(await miscounted(stage), [])

  const released = await during(stage, async () => approve(stage, (await onlyHold(stage)).holdId))
  t.equal(tally(released)['directory.group.user_removed'], 1_196)
  t.equal(tally(expected)['directory.group.user_removed'], 1_200)
  await twin.directory.changeMembers(there.inner, [{ kind: 'add', ids: there.ids.slice(1, 2) }])
  t.same(await peopleOf(stage), await peopleOf(twin))
  t.same(await miscounted(stage), [])
})

t.test('deleted groups wait with everybody in them', async (t) => {
  const stage = await openHoldStage(t, { guard: { groups: { removalsMax: 1 } } })
  await mapRole(stage, 'two', 'member')
  const ids = await addUsers(stage.directory, 3)
  const [one, two, parent] = [
    await stage.directory.createGroup('one', ids),
    await stage.directory.createGroup('two', ids),
    await stage.directory.createGroup('parent'),
  ]
  await stage.directory.changeMembers(parent, [{ kind: 'add', ids: [two] }])
  t.equal(tally(await during(stage, () => stage.directory.deleteGroup(one)))['directory.group.deleted'], 1)
  t.same(typesOf(await during(stage, () => stage.directory.deleteGroup(two))), ['hold.created'])
  t.match(await onlyHold(stage), { waiting: { users: 0, groups: 1, memberships: 6 }, tripped: { kind: 'groups' } })
  t.match((await peopleOf(stage))['user-0@acme.test'], { groups: ['parent', 'two'], roles: ['member'] })
  const released = await during(stage, async () => approve(stage, (await onlyHold(stage)).holdId))
  t.same(tally(released), {
    'directory.group.deleted': 1,
    'directory.group.user_removed': 6,
    'hold.approved': 1,
    'user.role_removed': 3,
  })
  t.match(released.at(-1), { type: 'directory.group.deleted', data: { group: { id: toTypeId('group', two) } } })
  t.match((await peopleOf(stage))['user-0@acme.test'], { groups: [], roles: [] })
  t.same(await miscounted(stage), [])
})

t.test('a group goes when the last one goes who waits in it, whatever hold that is', async (t) => {
  const stage = await openHoldStage(t, { guard: { groups: 'off', memberships: { removalsMax: 0 } } })
  const ids = await addUsers(stage.directory, 2)
  const group = await stage.directory.createGroup('group', ids)
  await stage.directory.changeMembers(group, [{ kind: 'remove', ids: ids.slice(0, 1) }])
  const { holdId } = await onlyHold(stage)
  const deleted = await during(stage, () => stage.directory.deleteGroup(group))
  t.same(tally(deleted), { 'directory.group.user_removed': 1 })
  t.match(await onlyHold(stage), { waiting: { groups: 1, memberships: 1 } })
  const approved = await during(stage, () => approve(stage, holdId))
  t.same(typesOf(approved), ['hold.approved', 'directory.group.user_removed', 'directory.group.deleted'])
  t.same((await stage.superuser.query('SELECT FROM user_groups')).rows, [])
})

t.test('16 at once never get more through than one after the other', async (t) => {
  const stage = await openHoldStage(t)
  const ids = await addUsers(stage.directory, 200)
  const rest = [...ids.slice(0, 90)]
  await Promise.all(
    Array.from({ length: 16 }, async (_, worker) => {
      for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
        if (worker % 2 === 0) await stage.directory.deleteUsers([id])
        else await stage.directory.patchUser(id, { active: false })
      }
    }),
  )
  t.same(await statesOf(stage), { active: 160, inactive: 40 })
  t.match(await onlyHold(stage), { waiting: { users: 50 } })
  t.same(await miscounted(stage), [])
})

t.test('what is switched off never waits, and an approval takes nothing of other holds along', async (t) => {
  const stage = await openHoldStage(t, { guard: off })
  const ids = await addUsers(stage.directory, 20)
  const groups = [await stage.directory.createGroup('one', ids), await stage.directory.createGroup('two', ids)]
  await deactivate(stage.directory, ids.slice(0, 15))
  t.same(await holdsOf(stage), [])
  await setGuard(stage, { memberships: { removalsMax: 0 }, users: 'off' })
  const removed = ids.slice(15)
  await stage.directory.changeMembers(groups[0] ?? '', [{ kind: 'remove', ids: removed }])
  const first = await onlyHold(stage)
  await reject(stage, first.holdId)
  await stage.directory.changeMembers(groups[1] ?? '', [{ kind: 'remove', ids: removed }])
  const [second] = await holdsOf(stage)
  t.not(second?.holdId, first.holdId)
  await approve(stage, second?.holdId ?? '')
  t.match(await waitingIn(stage, first.holdId), { waiting: { memberships: 5 } })
  t.match((await peopleOf(stage))['user-19@acme.test'], { groups: ['one'] })
  await approve(stage, first.holdId)
  t.match((await peopleOf(stage))['user-19@acme.test'], { groups: [] })
  t.same(await miscounted(stage), [])
})

t.test('one who is filtered out because of a group that waits, waits as well', async (t) => {
  const stage = await openHoldStage(t, { guard: { groups: { removalsMax: 0 } } })
  await stage.superuser.query(
    `UPDATE organizations SET sync_filters = '{"includeGroups":["staff"]}', settings_version = settings_version + 1`,
  )
  const ids = await addUsers(stage.directory, 2)
  const staff = await stage.directory.createGroup('staff', ids)
  t.same(await statesOf(stage), { active: 2, inactive: 0 })
  await stage.directory.deleteGroup(staff)
  t.same(await statesOf(stage), { active: 2, inactive: 0 })
  const { holdId, waiting } = await onlyHold(stage)
  t.same(waiting, { users: 2, groups: 1, memberships: 2 })
  await approve(stage, holdId)
  t.same(await statesOf(stage), { active: 0, inactive: 2 })
  t.same(await miscounted(stage), [])
})
