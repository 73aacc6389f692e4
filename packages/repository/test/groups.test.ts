import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { MemberFilter } from '@muster/scim'
import t, { type Test } from 'tap'
import {
  type Database,
  lockDirectoryUsers,
  type OrganizationScope,
  transact,
  updateDirectoryUsers,
} from '../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { newGate, untilWaiting } from './support/gate.ts'
import { connect, openInstallation } from './support/installation.ts'
import { allUsers, eventsDuring, typesOf } from './support/reading.ts'
import { recordStatements } from './support/statements.ts'

interface Stage {
  database: Database
  superuserUrl: string
  scope: OrganizationScope
  directory: TestDirectory
  /** Directory users; `people` are theirs, in the same order, as TypeIDs. */
  users: string[]
  people: string[]
}

async function openStage(t: Test, count = 3): Promise<Stage> {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const users = await addUsers(directory, count)
  const byName = new Map([...(await allUsers(database, scope))].map(([id, user]) => [user.username, id]))
  const people = users.map((_, index) => byName.get(nameOf(index)) ?? '')
  return { database, superuserUrl: testDatabase.superuserUrl, scope, directory, users, people }
}

const nameOf = (index: number) => `user-${index}@acme.test`

async function addUsers(directory: TestDirectory, count: number): Promise<string[]> {
  const documents = Array.from({ length: count }, (_, index) => userDocument(nameOf(index)))
  return (await directory.createUsers(documents)).filter((id) => id !== undefined)
}

const compare = (field: 'value' | 'type', value: string): MemberFilter => ({
  kind: 'compare',
  field,
  operator: 'eq',
  value,
})

t.test('every step leaves the members it says, and the events tell the net change', async (t) => {
  const { database, scope, directory, users, people } = await openStage(t, 4)
  const [a = '', b = '', c = '', d = ''] = users
  const child = await directory.createGroup('Child')
  const group = await directory.createGroup('Group', [a, child, newUuid(), 'no-uuid'])
  const told = async (work: () => Promise<unknown>) =>
    (await eventsDuring(database, scope, work)).map((event) => [event.type.split('.')[2], event.data.userIds])
  t.same(await directory.memberIds(group), [a, child].sort(), 'unknown ids are left out')

  t.same(await told(() => directory.changeMembers(group, [{ kind: 'add', ids: [a, b.toUpperCase(), c] }])), [
    ['user_added', people.slice(1, 3)],
  ])
  t.same(await told(() => directory.changeMembers(group, [{ kind: 'remove', ids: [b, d, newUuid(), 'x'] }])), [
    ['user_removed', [people[1]]],
  ])
  t.same(await told(() => directory.changeMembers(group, [{ kind: 'replace', ids: [c, d] }])), [
    ['user_removed', [people[0]]],
    ['user_added', [people[3]]],
  ])
  t.same(await directory.memberIds(group), [c, d].sort(), 'a replacement takes the child group out, too')
  t.same(
    await told(() =>
      directory.changeMembers(group, [
        { kind: 'add', ids: [a, b] },
        { kind: 'remove', ids: [a, c] },
        { kind: 'add', ids: [c] },
      ]),
    ),
    [['user_added', [people[1]]]],
    'what a later step takes back did not happen',
  )
  t.same(await told(() => directory.changeMembers(group, [{ kind: 'replace', ids: [] }])), [
    ['user_removed', people.slice(1).sort()],
  ])
  t.same(await told(() => directory.changeMembers(group, [{ kind: 'add', ids: [child] }])), [], 'groups are no persons')
})

t.test('removal by filter', async (t) => {
  const { directory, users } = await openStage(t)
  const [a = '', b = '', c = ''] = users
  const child = await directory.createGroup('Child')
  const group = await directory.createGroup('Group')
  const after = async (filter: MemberFilter) => {
    await directory.changeMembers(group, [
      { kind: 'replace', ids: [a, b, c, child] },
      { kind: 'removeWhere', filter },
    ])
    return directory.memberIds(group)
  }
  t.same(await after(compare('type', 'Group')), [a, b, c].sort())
  t.same(await after(compare('type', 'USER')), [child])
  t.same(await after({ kind: 'not', term: compare('value', b) }), [b])
  t.same(await after({ kind: 'or', terms: [compare('value', a), compare('type', 'group')] }), [b, c].sort())
  t.same(await after({ kind: 'and', terms: [compare('value', a), compare('type', 'group')] }), [a, b, c, child].sort())
  t.same(await after({ kind: 'present', field: 'type' }), [])
  t.same(await after({ kind: 'compare', field: 'value', operator: 'sw', value: a.slice(0, 35) }).then(sizeOf), 3)
  t.same(await after({ kind: 'compare', field: 'value', operator: 'ew', value: c.slice(9) }).then(sizeOf), 3)
  t.same(await after({ kind: 'compare', field: 'value', operator: 'co', value: '%' }).then(sizeOf), 4, 'no wildcards')
  t.same(await after({ kind: 'compare', field: 'value', operator: 'ge', value: '' }), [])
  t.same(await after({ kind: 'compare', field: 'type', operator: 'ne', value: 'User' }), [a, b, c].sort())
})

const sizeOf = (ids: readonly string[]) => ids.length

t.test('who may be a member', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const [acme, other] = [await addOrganization('Acme'), await addOrganization('Other')]
  const [here, beside, elsewhere] = [
    await addDirectory(database, acme, 'Here'),
    await addDirectory(database, acme, 'Beside'),
    await addDirectory(database, other, 'Elsewhere'),
  ]
  const foreign = [
    await beside.createUser(userDocument('jane@acme.test')),
    await beside.createGroup('Beside'),
    await elsewhere.createUser(userDocument('jane@acme.test')),
    await elsewhere.createGroup('Elsewhere'),
    here.directoryId,
  ]
  const group = await here.createGroup('Group', foreign)
  await here.changeMembers(group, [{ kind: 'add', ids: foreign }])
  await here.changeMembers(group, [{ kind: 'replace', ids: foreign }])
  t.same(await here.memberIds(group), [], 'neither a user nor a group of another directory or organization')
  t.notOk(await elsewhere.changeMembers(group, [{ kind: 'replace', ids: [] }]), 'nor is the group to be found there')
  for (const kind of ['add', 'replace'] as const) {
    await t.rejects(here.changeMembers(group, [{ kind, ids: [group] }]), { code: 'invalidValue' }, `${kind} itself`)
  }
  const child = await here.createGroup('Child', [group])
  await here.changeMembers(group, [{ kind: 'add', ids: [child] }])
  t.same(await here.memberIds(group), [child], 'groups nest, even in a ring')
  t.match((await here.findGroup(group))?.members, [{ type: 'Group', display: 'Child' }])
  await here.deleteGroup(child)
  t.same(await here.memberIds(group), [], 'a deleted group leaves the groups it was in')
  await t.rejects(here.createGroup('GROUP'), { code: 'uniqueness' }, 'names are unique whatever their case')
})

t.test('versions and events when users and groups go', async (t) => {
  const { database, scope, directory, users, people } = await openStage(t)
  const [a = '', b = '', c = ''] = users
  const parent = await directory.createGroup('Parent')
  const group = await directory.createGroup('Group', [a, b])
  const bystander = await directory.createGroup('Bystander', [c])
  await directory.changeMembers(parent, [{ kind: 'add', ids: [group] }])
  const versions = async () => [
    (await directory.findGroup(parent))?.version,
    (await directory.findGroup(group))?.version,
    (await directory.findGroup(bystander))?.version,
  ]
  t.same(await versions(), [2, 1, 1])
  const gone = await eventsDuring(database, scope, () => directory.deleteUsers([a, newUuid()]))
  t.same(typesOf(gone), ['directory.user.deleted'], 'that the person left its groups follows')
  t.same(await versions(), [2, 2, 1], 'the groups of a deleted user have a new version')
  const deletion = await eventsDuring(database, scope, () => directory.deleteGroup(group))
  t.same(
    typesOf(deletion),
    ['directory.group.user_removed', 'directory.group.user_removed', 'directory.group.deleted'],
    'from the group, and from the one it was in',
  )
  t.same(
    deletion.slice(0, 2).map((event) => event.data.userIds),
    [[people[1]], [people[1]]],
  )
  t.same(await versions(), [3, undefined, 1])
  await directory.patchUser(c, { active: false })
  const silent = await eventsDuring(database, scope, () =>
    directory.changeMembers(bystander, [{ kind: 'replace', ids: [] }]),
  )
  t.same(silent, [], 'an inactive person leaves no group it was seen in')
  t.same(await versions(), [3, undefined, 2], 'though the group has changed')
})

t.test('a member who changes state meanwhile is told of exactly once', async (t) => {
  const { database, superuserUrl, scope, directory, users, people } = await openStage(t, 2)
  const superuser = await connect(t, superuserUrl)
  const [a = '', b = ''] = users
  const group = await directory.createGroup('Group', [b])
  await directory.patchUser(a, { active: false })
  await directory.patchUser(b, { active: false })
  const events = await eventsDuring(database, scope, async () => {
    const gate = newGate()
    const held = [a, b].map((id) => ({ id, gate: newGate() }))
    const reactivations = held.map(({ id, gate: settled }) =>
      transact(database, scope, cause, async (tx) => {
        const locked = (await lockDirectoryUsers(tx, directory.directoryId, [id], { withGroups: false })).get(id)
        const document = { ...locked?.document, active: true }
        await updateDirectoryUsers(tx, directory.directoryId, [{ directoryUserId: id, document }])
        settled.open()
        await gate.opened
      }),
    )
    // Both hold their person before the change begins: else it may rightly come first, and tell of neither.
    await Promise.all(held.map(({ gate: settled }) => settled.opened))
    const change = directory.changeMembers(group, [{ kind: 'replace', ids: [a] }])
    await untilWaiting(superuser, 1)
    gate.open()
    await Promise.all([...reactivations, change])
  })
  const added = events.filter((event) => event.type === 'directory.group.user_added')
  const removed = events.filter((event) => event.type === 'directory.group.user_removed')
  t.same(added[0]?.data.userIds, [people[0]], 'who became active before the commit has joined')
  t.same(removed[0]?.data.userIds, [people[1]], 'and has left')
})

t.test('parallel changes neither lose members nor fail', async (t) => {
  const { database, scope, directory, users } = await openStage(t, 64)
  const group = await directory.createGroup('Group')
  await Promise.all(users.map((id) => directory.changeMembers(group, [{ kind: 'add', ids: [id] }])))
  t.same(await directory.memberIds(group), users.toSorted(), '64 single additions')
  const others = await Promise.all(users.slice(0, 8).map((_, index) => directory.createGroup(`Group ${index}`, users)))
  await Promise.all([
    ...users.slice(0, 16).map((id) => directory.deleteUsers([id])),
    ...others.map((id) => directory.changeMembers(id, [{ kind: 'remove', ids: users.slice(8, 24) }])),
    ...others.map((id) => directory.changeMembers(id, [{ kind: 'add', ids: users.slice(0, 32).reverse() }])),
    ...users.slice(16, 32).map((id) => directory.patchUser(id, { active: false })),
  ])
  const left = (await Promise.all([group, ...others].map(directory.memberIds))).flat()
  t.notOk(
    users.slice(0, 16).some((id) => left.includes(id)),
    'no deleted user is left in a group',
  )
  const deletions = [...others.map((id) => directory.deleteGroup(id)), directory.deleteUsers(users.slice(16))]
  await Promise.all(deletions)
  t.same(await directory.memberIds(group), [])
  const active = [...(await allUsers(database, scope)).values()].filter((user) => user.state === 'active')
  t.same(active, [])
})

t.test('a crowd', async (t) => {
  const count = 3_000
  const { database, scope, directory, users, people } = await openStage(t, count)
  const [one = ''] = users
  const group = await directory.createGroup('Group')
  const statements = (ids: readonly string[], kind: 'add' | 'remove' | 'replace') =>
    recordStatements(() => directory.changeMembers(group, [{ kind, ids: [...ids] }]))
  for (const kind of ['add', 'remove', 'replace'] as const) {
    const forOne = await statements([one], kind)
    await directory.changeMembers(group, [{ kind: 'replace', ids: kind === 'remove' ? users : [] }])
    const start = performance.now()
    const forAll = await statements(users, kind)
    t.equal(forAll.length, forOne.length, `${kind}: as many statements for ${count} members as for one`)
    t.comment(`${kind}: ${Math.round(performance.now() - start)} ms`)
  }
  const events = await eventsDuring(database, scope, () =>
    directory.changeMembers(group, [{ kind: 'remove', ids: users.slice(0, 2_500) }]),
  )
  t.same(
    events.map((event) => (event.data.userIds as string[]).length),
    [1_000, 1_000, 500],
  )
  t.same(new Set(events.flatMap((event) => event.data.userIds)), new Set(people.slice(0, 2_500)))
  t.ok(events.every((event) => (event.data.group as { id: string }).id === toTypeId('group', group)))
})
