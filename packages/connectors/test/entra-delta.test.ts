import t from 'tap'
import type { Checkpoint } from '../src/page.ts'
import type { SourceKey } from '../src/source-record.ts'
import { failureOf } from './support/failure-of.ts'
import { hear, hearDelta, lastOf } from './support/hear.ts'
import { openTenant } from './support/open-entra.ts'

/** Who is gone, or who left which group. */
function textOf(key: SourceKey): string {
  return key.kind === 'membership' ? `${'id' in key.member && key.member.id} of ${key.groupId}` : key.id
}

t.test('a delta tells of users whole, with the manager that it does not tell of', async (t) => {
  for (const saysParts of [false, true]) {
    const { graph, directory, open } = await openTenant(t, { saysParts })
    const boss = directory.addUser({ userName: 'boss@acme.test' })
    const other = directory.addUser({ userName: 'other@acme.test' })
    const ids = Array.from({ length: 20 }, (_, index) => {
      return directory.addUser({ userName: `u${index}@acme.test`, managerId: boss.id, profile: { city: 'Bonn' } }).id
    })
    const [first = '', second = '', third = ''] = ids
    const connector = await open()
    const { checkpoint } = await hear(connector.snapshot())
    t.notMatch(checkpoint, graph.config.clientSecret)

    for (const id of ids) directory.updateUser(id, { profile: { city: 'Bonn', jobTitle: 'Engineer' } })
    directory.updateUser(second, { managerId: other.id })
    const third_ = directory.users.get(third)
    if (third_ !== undefined) delete third_.managerId
    directory.updateUser(third, {})
    const before = graph.asked.length
    const { users, pages, checkpoint: next } = await hearDelta(await open(), checkpoint)
    t.equal(pages.at(-1)?.complete, 'changes')
    t.equal(users.length, 20)
    const managerOf = (id: string) => lastOf(users, id)?.attributes.manager
    t.strictSame([first, second, third].map(managerOf), [{ id: boss.id }, { id: other.id }, undefined])
    t.ok(users.every(({ attributes }) => attributes.city === 'Bonn' && attributes.jobTitle === 'Engineer'))
    t.ok(users.every(({ userName }) => userName.endsWith('@acme.test')))
    const reads = graph.asked.slice(before).filter((line) => line.includes('filter='))
    t.equal(reads.length, 2, 'fifteen at once')
    t.strictSame((await hearDelta(await open(), next)).users.length, 0, 'and once')
  }
})

t.test('memberships by joins and leaves, over pages, and what comes back', async (t) => {
  const { graph, directory, open } = await openTenant(t, { groupRecordsPerPage: 5, saysParts: true })
  const users = Array.from({ length: 12 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }))
  const ids = users.map(({ id }) => id)
  const [first, second] = users
  if (first === undefined || second === undefined) throw new Error('there must be users')
  const group = directory.addGroup({ name: 'All', members: ids.slice(0, 6), profile: { description: 'Everybody' } })
  const whole = await hear((await open()).snapshot())

  for (const id of ids.slice(6)) directory.join(group.id, id)
  for (const id of ids.slice(2, 5)) directory.leave(group.id, id)
  const { groups, members, removed, pages, checkpoint } = await hearDelta(await open(), whole.checkpoint)
  t.match(lastOf(groups, group.id), { name: 'All', members: 'changes', attributes: { description: 'Everybody' } })
  t.strictSame(new Set(members.get(group.id)), new Set(ids.slice(6)))
  t.strictSame(new Set(removed.map(textOf)), new Set(ids.slice(2, 5).map((id) => `${id} of ${group.id}`)))
  t.ok(pages.filter(({ upsert }) => upsert.some((record) => record.kind === 'group')).length > 1, 'over pages')

  directory.removeUser(first.id)
  directory.removeGroup(group.id)
  const gone = await hearDelta(await open(), checkpoint)
  const left = gone.removed.filter(({ kind }) => kind !== 'membership')
  t.strictSame(new Set(left.map(textOf)), new Set([first.id, group.id]))

  const another = directory.addGroup({ name: 'Another', members: [second.id] })
  graph.restoreUser(first, [another.id])
  const back = await hearDelta(await open(), gone.checkpoint)
  t.equal(lastOf(back.users, first.id)?.userName, first.userName, 'out of the bin, as the one it was')
  t.strictSame(back.members.get(another.id)?.sort(), [first.id, second.id].sort())
})

t.test('what is told of again changes nothing, also from a page of long ago', async (t) => {
  const { directory, open } = await openTenant(t, { replays: 1_000 })
  const ids = Array.from({ length: 3 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }).id)
  const [first = '', second = '', third = ''] = ids
  const group = directory.addGroup({ name: 'Team', members: ids })
  const { checkpoint } = await hear((await open()).snapshot())
  directory.leave(group.id, first)
  directory.join(group.id, first)
  directory.leave(group.id, second)
  directory.removeUser(third)
  const { users, members, removed } = await hearDelta(await open(), checkpoint)
  t.strictSame(new Set(users.map(({ id }) => id)), new Set([first, second]))
  t.strictSame(members.get(group.id), [first], 'the last word on each')
  const leaves = [second, third].map((id) => `${id} of ${group.id}`)
  t.strictSame(new Set(removed.map(textOf)), new Set([...leaves, third]))
})

t.test('who is a guest from now on is gone where guests are not read', async (t) => {
  const { directory, open } = await openTenant(t)
  const { id } = directory.addUser({ userName: 'jane@acme.test' })
  const config = { includeGuests: false }
  const { checkpoint } = await hear((await open(config)).snapshot())
  directory.updateUser(id, { profile: { userType: 'Guest' } })
  t.strictSame((await hearDelta(await open(config), checkpoint)).removed, [{ kind: 'user', id }])
})

t.test('positions that Graph has forgotten, and those of something else', async (t) => {
  const { graph, directory, open } = await openTenant(t, { usersPerPage: 1 })
  for (const name of ['one', 'two']) directory.addUser({ userName: `${name}@acme.test` })
  const { pages, checkpoint } = await hear((await open()).snapshot())
  const [first] = pages
  const middle = first?.checkpoint as Checkpoint
  t.match(await failureOf(hearDelta(await open(), middle)), { code: 'checkpointExpired' }, 'of a round under way')
  t.match(await failureOf(hearDelta(await open({ includeGuests: false }), checkpoint)), { code: 'checkpointExpired' })

  const forgotten = {
    410: {},
    400: { error: { code: 'SyncStateNotFound' } },
    404: { error: { code: 'resyncRequired' } },
  }
  for (const [status, body] of Object.entries(forgotten)) {
    await graph.script({ does: { status: Number(status), body }, at: 1, onwards: true })
    t.match(await failureOf(hearDelta(await open(), checkpoint)), { code: 'checkpointExpired' }, status)
  }
  await graph.script()
  graph.forgetPositions()
  t.match(await failureOf(hearDelta(await open(), checkpoint)), { code: 'checkpointExpired' })
  const resumed = await failureOf(hear((await open()).snapshot(middle)))
  t.match(
    resumed,
    { code: 'checkpointExpired' },
    'a round that was begun long ago is begun anew by whoever has its stage',
  )
})

t.test('a tenant without change tracking is not an empty one', async (t) => {
  const { graph, directory, open } = await openTenant(t)
  directory.addUser({ userName: 'jane@acme.test' })
  await graph.script({
    at: 1,
    onwards: false,
    does: (answer) => ({ ...answer, body: { ...(answer.body as object), value: [] } }),
  })
  t.match(await failureOf(hear((await open()).snapshot())), { code: 'incomplete', message: /readBy/ })
})

t.test('whoever comes again in a first round keeps the manager', async (t) => {
  const { graph, directory, open } = await openTenant(t)
  const boss = directory.addUser({ userName: 'boss@acme.test' })
  const { id } = directory.addUser({ userName: 'jane@acme.test', managerId: boss.id })
  await graph.script({
    at: 1,
    onwards: false,
    does: (answer, { query }) => {
      const {
        value,
        '@odata.deltaLink': link,
        ...body
      } = answer.body as { value: { id: string }[]; [name: string]: unknown }
      const again = `${graph.config.graphUrl}/v1.0/users/delta?$select=${query.get('$select')}&again=1`
      return link === undefined ? answer : { ...answer, body: { ...body, value, '@odata.nextLink': again } }
    },
  })
  const connector = await open()
  const round = connector.snapshot()[Symbol.asyncIterator]()
  const first = (await round.next()).value
  t.ok(first?.upsert.some((record: { id?: string }) => record.id === id))
  await graph.script({
    at: 1,
    onwards: false,
    does: (answer) => {
      const body = answer.body as { value: Record<string, unknown>[] }
      const value = body.value.map(({ 'manager@delta': _told, ...object }) => object)
      return { ...answer, body: { ...body, value } }
    },
  })
  const second = (await round.next()).value
  const jane = second?.upsert.find((record: { id?: string }) => record.id === id)
  t.match(jane, { attributes: { manager: { id: boss.id } } })
})

type Body = { value: Record<string, unknown>[] }

/** An answer with other objects. */
function edited(edit: (object: Record<string, unknown>) => Record<string, unknown>) {
  return (answer: { body?: unknown }) => {
    const body = answer.body as Body
    return Array.isArray(body?.value) ? { ...answer, body: { ...body, value: body.value.map(edit) } } : answer
  }
}

t.test('a round that goes on does not forget whom it told of before', async (t) => {
  const { graph, directory, open } = await openTenant(t, { usersPerPage: 2 })
  const boss = directory.addUser({ userName: 'boss@acme.test' })
  const { id } = directory.addUser({ userName: 'jane@acme.test', managerId: boss.id })
  for (const name of ['one', 'two']) directory.addUser({ userName: `${name}@acme.test` })
  let first: Checkpoint | undefined
  for await (const { checkpoint } of (await open()).snapshot()) {
    first = checkpoint
    break
  }
  const again = { id, userPrincipalName: 'jane@acme.test', accountEnabled: true, displayName: 'Jane' }
  await graph.script({
    at: 1,
    onwards: false,
    does: (answer) => {
      const body = answer.body as Body
      return { ...answer, body: { ...body, value: [...body.value, again] } }
    },
  })
  const { users } = await hear((await open()).snapshot(first))
  t.strictSame(lastOf(users, id)?.attributes.manager, { id: boss.id })
})

t.test('what a change does not say is not taken for nothing, whatever else it says', async (t) => {
  const { graph, directory, open } = await openTenant(t)
  const [boss, other] = ['boss', 'other'].map((name) => directory.addUser({ userName: `${name}@acme.test` }).id)
  const profile = { city: 'Bonn' }
  const { id } = directory.addUser({ userName: 'jane@acme.test', managerId: boss ?? '', profile })
  const group = directory.addGroup({
    name: 'Team',
    members: [id],
    profile: { description: 'All', visibility: 'Private' },
  })
  const { checkpoint } = await hear((await open()).snapshot())
  directory.updateUser(id, { managerId: other ?? '' })
  directory.updateGroup(group.id, { name: 'New' })
  const only = ['id', 'userPrincipalName', 'accountEnabled', 'manager@delta', 'displayName']
  await graph.script({
    at: 1,
    onwards: true,
    does: (answer, request) => {
      if (!request.path.endsWith('/delta')) return answer
      const kept = (name: string) => only.includes(name) || name.startsWith('@')
      return edited((object) => Object.fromEntries(Object.entries(object).filter(([name]) => kept(name))))(answer)
    },
  })
  const { users, groups } = await hearDelta(await open(), checkpoint)
  t.match(lastOf(users, id)?.attributes, { city: 'Bonn', manager: { id: other } })
  t.match(lastOf(groups, group.id), { name: 'New', attributes: { description: 'All', visibility: 'Private' } })

  const gone = [{ id: boss, '@removed': { reason: 'deleted' } }]
  const left = edited((object) => ({
    ...object,
    ...(object.id === id && 'manager@delta' in object && { 'manager@delta': gone }),
  }))
  await graph.script({ at: 1, onwards: true, does: left })
  const { users: later } = await hearDelta(await open(), checkpoint)
  t.strictSame(
    lastOf(later, id)?.attributes.manager,
    { id: other },
    'only who left is said: the other one came on another page',
  )
})

t.test('those who are read by their id are read whole, however many pages that takes', async (t) => {
  const { directory, open } = await openTenant(t, { saysParts: true, listPerPage: 2 })
  const ids = Array.from({ length: 5 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }).id)
  const { checkpoint } = await hear((await open()).snapshot())
  for (const id of ids) directory.updateUser(id, { profile: { jobTitle: 'Engineer' } })
  const { users } = await hearDelta(await open(), checkpoint)
  t.strictSame(new Set(users.map(({ id }) => id)), new Set(ids))
})

t.test(
  'a place that Graph refuses without saying why is forgotten, and a member without id is no answer',
  async (t) => {
    const { graph, directory, open } = await openTenant(t, { usersPerPage: 1 })
    const users = ['one', 'two'].map((name) => directory.addUser({ userName: `${name}@acme.test` }).id)
    directory.addGroup({ name: 'Team', members: users })
    const { pages, checkpoint } = await hear((await open()).snapshot())
    for (const status of [400, 404]) {
      await graph.script({ does: { status, body: { error: { code: 'UnknownError' } } }, at: 1, onwards: true })
      t.match(await failureOf(hearDelta(await open(), checkpoint)), { code: 'checkpointExpired' })
      t.match(await failureOf(hear((await open()).snapshot(pages[0]?.checkpoint))), { code: 'checkpointExpired' })
      t.match(await failureOf(hear((await open()).snapshot())), { code: 'protocol' }, 'and not where none was given')
    }
    const members = { 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: null }] }
    for (const said of [members, { 'members@delta': {} }]) {
      await graph.script({ at: 3, onwards: true, does: edited((object) => ({ ...object, ...said })) })
      t.match(await failureOf(hear((await open()).snapshot())), { code: 'protocol', message: /members/ })
    }
  },
)
