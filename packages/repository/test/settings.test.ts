import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import t from 'tap'
import {
  approveHold,
  changeSettings,
  findSettlement,
  finishSettlement,
  finishSettlementByJob,
  listAttributePaths,
  listSettlements,
  read,
  resolveDirectoryOrder,
  transact,
  tryMapping,
} from '../src/index.ts'
import { cause, userDocument } from './support/directory.ts'
import { eventsDuring, typesOf } from './support/reading.ts'
import { addUsers, openSettingsStage, type SettingsStage } from './support/settings-stage.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function approve({ database, scope, finish }: SettingsStage, holdId: string) {
  return transact(database, scope, cause, (tx) => approveHold(tx, holdId)).then((settlementId) =>
    finish({ settlementIds: settlementId === undefined ? [] : [settlementId], holdIds: [] }),
  )
}

const counted = (events: Parameters<typeof typesOf>[0]) => {
  const counts: Record<string, number> = {}
  for (const type of typesOf(events)) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

t.test('an exclusion of 30 % is previewed, held, approved, and undone with the same people', async (t) => {
  const stage = await openSettingsStage(t, { guarded: true })
  const { database, scope, directory, preview, change, holdStates, activeNames } = stage
  const staff = await addUsers(directory, 'staff', 140)
  const contractors = await addUsers(directory, 'contractor', 60)
  const inner = await directory.createGroup('Inner', contractors)
  await directory.createGroup('Contractors', [inner])
  await directory.createGroup('Everybody', [...staff, ...contractors])
  const before = await stage.people()
  const filters = { excludeGroups: ['contractors'] }

  const impact = await preview({ filters })
  t.match(impact, {
    population: 200,
    removals: 60,
    deactivated: 60,
    reactivated: 0,
    created: 0,
    updated: 0,
    held: true,
  })
  t.ok(impact.isComplete)
  t.equal(impact.sample.length, 60)
  t.match(impact.sample[0], { effect: 'deactivated', userName: /^contractor-/ })
  t.strictSame((await stage.people()).get('staff-0@acme.test'), before.get('staff-0@acme.test'), 'nothing was saved')

  const held = await eventsDuring(database, scope, () => change({ filters }))
  t.strictSame(counted(held), { 'hold.created': 1 }, 'the guard holds all of it')
  t.equal((await activeNames()).length, 200)
  t.match(await preview({}), { removals: 0, deactivated: 0, updated: 0 }, 'what waits already is no removal')
  const back = await eventsDuring(database, scope, () => change({ filters: {} }))
  t.strictSame(counted(back), { 'hold.withdrawn': 1 }, 'changed back, nothing is left to decide')
  t.strictSame(await holdStates(), ['withdrawn'])

  const { holdIds } = await change({ filters })
  const approved = await eventsDuring(database, scope, () => approve(stage, holdIds[0] ?? ''))
  t.strictSame(counted(approved), { 'hold.approved': 1, 'directory.user.deactivated': 60 })
  t.equal((await activeNames()).length, 140)
  t.match((await stage.people()).get('contractor-3@acme.test'), { state: 'inactive', groups: [] })

  t.match(await preview({ filters: {} }), { reactivated: 60, deactivated: 0, removals: 0, held: false })
  const undone = await eventsDuring(database, scope, () => change({ filters: {} }))
  t.strictSame(counted(undone), { 'directory.user.reactivated': 60 })
  const after = await stage.people()
  for (const [name, user] of before) {
    t.strictSame(after.get(name)?.id, user.id, name)
    t.strictSame(after.get(name)?.groups, user.groups, name)
  }
  t.strictSame(await eventsDuring(database, scope, stage.settleAgain), [], 'deriving again changes nothing')
})

t.test('included groups: nested, joined later, renamed', async (t) => {
  const { directory, preview, change, people, activeNames } = await openSettingsStage(t)
  const [ann, bob, eve] = await directory.createUsers(['ann', 'bob', 'eve'].map((name) => userDocument(name)))
  const inner = await directory.createGroup('Inner', [bob ?? ''])
  const sales = await directory.createGroup('Sales', [ann ?? '', inner])
  t.match(await preview({ filters: { includeGroups: ['SALES'] } }), { deactivated: 1, removals: 1, held: false })
  await change({ filters: { includeGroups: ['SALES'] } })
  t.strictSame(await activeNames(), ['ann', 'bob'])
  t.match((await people()).get('eve'), { state: 'inactive' }, 'kept, inactive')

  const late = await directory.createUser(userDocument('late'))
  t.notOk((await people()).has('late'), 'who passes no filter becomes nobody')
  await directory.changeMembers(inner, [{ kind: 'add', ids: [late, eve ?? ''] }])
  t.strictSame(await activeNames(), ['ann', 'bob', 'eve', 'late'], 'who joins is a person then')

  await directory.renameGroup(sales, 'Marketing')
  t.strictSame(await activeNames(), [], 'no group has this name any more')
  await change({ filters: { includeGroups: [toTypeId('group', sales)] } })
  t.strictSame(await activeNames(), ['ann', 'bob', 'eve', 'late'], 'an id follows the group')
  await change({ filters: { includeGroups: ['inner'] } }, directory)
  t.strictSame(await activeNames(), ['bob', 'eve', 'late'], 'the filters of the directory come on top')
})

t.test('custom filters read raw attributes, and a mapping may decide who passes', async (t) => {
  const { directory, preview, change, activeNames, people, settleAgain, database, scope } = await openSettingsStage(t)
  const typed = (name: string, employeeType?: string) =>
    userDocument(name, { ...(employeeType && { employeeType }), [enterprise]: { department: `of ${name}` } })
  await directory.createUsers([typed('full', 'Full-Time'), typed('part', 'part-time'), typed('intern', 'Intern')])
  await directory.createUser(typed('unsaid'))
  const filters = { customFilters: { employeeType: ['Full-Time', 'Part-Time'] } }
  t.match(await preview({ filters }), { deactivated: 2, removals: 2 })
  await change({ filters })
  t.strictSame(await activeNames(), ['full', 'part'])
  await directory.createUser(typed('later', 'Intern'))
  t.notOk((await people()).has('later'))
  await change({ filters: { customFilters: { 'customAttributes.kind': ['Intern'] } } })
  t.strictSame(await activeNames(), [], 'nobody has this attribute yet')
  const mapping = { 'customAttributes.kind': 'employeeType', department: null, title: `${enterprise}:department` }
  t.match(await preview({ mapping }, directory), { reactivated: 1, created: 1, updated: 3 })
  await change({ mapping }, directory)
  t.strictSame(await activeNames(), ['intern', 'later'])
  t.match((await people()).get('intern'), { customAttributes: { kind: 'Intern' }, profile: { title: 'of intern' } })
  t.strictSame(await eventsDuring(database, scope, settleAgain), [])
})

t.test('the order of directories: previewed, held as a whole, made on approval, taken back', async (t) => {
  const stage = await openSettingsStage(t, { guarded: true })
  const { directory: okta, addDirectory, preview, change, database, scope } = stage
  const google = await addDirectory('Google')
  const names = Array.from({ length: 40 }, (_, index) => `user-${index}@acme.test`)
  await okta.createUsers(names.map((name) => userDocument(name, { title: 'Engineer' })))
  await google.createUsers(names.map((name, index) => userDocument(name, { title: 'Director', active: index >= 10 })))
  const order = [google]
  const impact = await preview({ order })
  t.match(impact, { population: 40, deactivated: 10, updated: 30, removals: 0, created: 0, held: true })
  t.match(impact.sample.find(({ effect }) => effect === 'updated')?.changes, {
    title: { from: 'Engineer', to: 'Director' },
  })

  const events = await eventsDuring(database, scope, () => change({ order }))
  t.strictSame(counted(events), { 'hold.created': 1 })
  t.match((await stage.people()).get(names[0] ?? ''), { state: 'active', profile: { title: 'Engineer' } })
  const taken = await eventsDuring(database, scope, () => change({ order: [] }))
  t.strictSame(counted(taken), { 'hold.withdrawn': 1 }, 'the order of today takes the other back')

  const { holdIds, settlementIds } = await change({ order })
  t.strictSame(settlementIds, [], 'nothing happens before somebody decides')
  const approved = await eventsDuring(database, scope, () => approve(stage, holdIds[0] ?? ''))
  t.strictSame(counted(approved), {
    'hold.approved': 1,
    'directory.user.deactivated': 10,
    'directory.user.updated': 40,
  })
  t.match((await stage.people()).get(names[20] ?? ''), { directoryId: google.typeId, profile: { title: 'Director' } })
  t.match(await preview({ order: [okta] }), { reactivated: 10, updated: 30, held: false })
  t.strictSame((await change({ order: [okta] })).holdIds, [])
  t.match((await stage.people()).get(names[0] ?? ''), { state: 'active', profile: { title: 'Engineer' } })
  const both = await change({ filters: { excludeGroups: ['Nobody'] }, order: [okta, google] })
  t.equal(both.settlementIds.length, 2, 'filters and order are two changes')
  t.match(await preview({ filters: { excludeGroups: ['Nobody'] }, order: [google] }), { deactivated: 10, removals: 0 })
})

t.test('an order names directories that are there', async (t) => {
  const { database, scope, directory, addDirectory } = await openSettingsStage(t)
  const second = (await addDirectory('Second')).directoryId
  const resolve = (asked: { directoryOrder?: string[]; primaryDirectoryId?: string }) =>
    read(database, scope, (reader) => resolveDirectoryOrder(reader, asked))
  const first = directory.directoryId
  t.equal(await resolve({}), undefined)
  t.strictSame(await resolve({ primaryDirectoryId: second }), [second])
  t.strictSame(await resolve({ directoryOrder: [first, second, first] }), [first, second])
  t.strictSame(await resolve({ directoryOrder: [first, second], primaryDirectoryId: second }), [second, first])
  await t.rejects(resolve({ directoryOrder: [newUuid()] }), { code: 'invalidValue', detail: /directoryOrder/ })
  await t.rejects(resolve({ primaryDirectoryId: newUuid() }), { code: 'invalidValue', detail: /primaryDirectoryId/ })
})

t.test('a draft of a mapping is tried on the stored users, and nothing is saved', async (t) => {
  const { database, scope, directory, people } = await openSettingsStage(t)
  await directory.createUsers([
    userDocument('ann', { title: 'CEO', nickName: 'Annie' }),
    userDocument('bob', { title: 'CTO' }),
    userDocument('eve', { nickName: 'Eve', emails: [{ value: 'eve@work.test', type: 'work' }] }),
  ])
  const before = await people()
  const limits = { sampleMax: 2, deadlineMilliseconds: 60_000 }
  const draft = { directoryId: directory.directoryId, mapping: { title: 'nickName', firstName: '"Same"' } }
  const trial = await tryMapping(database, scope, draft, limits)
  t.match(trial, {
    ...{ users: 3, differing: 3, isComplete: true },
    attributes: { title: { changed: 1, gained: 1, lost: 1 }, firstName: { changed: 0, gained: 3, lost: 0 } },
    sample: [{ userName: 'ann', userId: /-/, changes: { title: { from: 'CEO', to: 'Annie' } } }, { userName: 'bob' }],
  })
  t.equal(trial?.sample.length, 2)
  t.strictSame(await people(), before)
  t.equal(await tryMapping(database, scope, { ...draft, directoryId: newUuid() }, limits), undefined)
  const late = await tryMapping(database, scope, draft, { ...limits, deadlineMilliseconds: -1 })
  t.match(late, { users: 0, isComplete: false }, 'the time was up')

  const offered = await read(database, scope, (reader) => listAttributePaths(reader, directory.directoryId))
  t.equal(offered.documents, 3)
  for (const [expression, documents] of [
    ['userName', 3],
    ['emails.value', 3],
    ['emails[type eq "work"].value', 3],
    ['title', 2],
    ['nickName', 2],
  ] as const) {
    t.strictSame(
      offered.paths.find((path) => path.expression === expression),
      { expression, documents },
    )
  }
})

t.test('a settlement that lost its process goes on where it stopped', async (t) => {
  const { database, scope, directory, addDirectory, activeNames } = await openSettingsStage(t)
  const second = await addDirectory('Second')
  await addUsers(directory, 'first', 30)
  await addUsers(second, 'second', 30)
  const change = {
    directoryId: null,
    syncFilters: { includeGroups: ['Nobody'], excludeGroups: [], includeActive: false, customFilters: {} },
  }
  const [settlementId] = (await changeSettings(database, scope, cause, change))?.settlementIds ?? []
  const find = () => read(database, scope, (reader) => findSettlement(reader, settlementId ?? ''))
  t.match(await find(), { status: 'running', total: 60, done: 0 })
  // A piece takes users of one directory only.
  while ((await find())?.done === 0) {
    await finishSettlement(database, scope, settlementId ?? '', { deadlineMilliseconds: 1 })
  }
  t.match(await find(), { status: 'running', done: 30 })
  t.equal((await activeNames()).length, 30)
  const job = { organizationId: scope.organizationId, settlementId: settlementId ?? '' }
  await Promise.all([finishSettlementByJob(database, job), finishSettlementByJob(database, job)])
  t.match(await find(), { status: 'done', done: 60 })
  t.strictSame(await activeNames(), [])
  await finishSettlementByJob(database, job)
  const listed = await read(database, scope, (reader) => listSettlements(reader, {}, { after: undefined, limit: 10 }))
  t.strictSame(listed, [await find()], 'another job finds it done')
})

t.test('removals of a held change wait also where another settlement gets there first', async (t) => {
  const stage = await openSettingsStage(t, { guarded: true })
  const { database, scope, directory, addDirectory, activeNames, settleAgain } = stage
  await addUsers(directory, 'first', 50)
  await addUsers(await addDirectory('Second'), 'second', 50)
  const syncFilters = { includeGroups: ['Nobody'], excludeGroups: [], includeActive: false, customFilters: {} }
  const begun = (await changeSettings(database, scope, cause, { directoryId: null, syncFilters })) ?? {
    settlementIds: [],
    holdIds: [],
  }
  t.equal(begun.holdIds.length, 1)
  // Nothing of it is done yet, and the guard lets everything through now.
  await transact(database, scope, cause, (tx) =>
    sql`UPDATE organizations SET guard = '{"users":"off"}', settings_version = settings_version + 1
      WHERE organization_id = ${tx.organizationId}`.execute(tx.db),
  )
  await settleAgain()
  t.equal((await activeNames()).length, 100)
  await stage.finish(begun)
  t.strictSame(await stage.holdStates(), ['open'])
  await approve(stage, begun.holdIds[0] ?? '')
  t.strictSame(await activeNames(), [])
})

t.test('two administrators at once: both changes are made', async (t) => {
  const { scope, database, directory, change, activeNames } = await openSettingsStage(t)
  const [ann, bob] = await directory.createUsers(['ann', 'bob', 'eve'].map((name) => userDocument(name)))
  await directory.createGroup('A', [ann ?? ''])
  await directory.createGroup('B', [bob ?? ''])
  await Promise.all([
    change({ filters: { excludeGroups: ['A'] } }),
    change({ filters: { excludeGroups: ['B'] } }, directory),
  ])
  t.strictSame(await activeNames(), ['eve'])
  const entries = await read(database, scope, ({ db }) =>
    db.selectFrom('audit_entries').select(['action', 'detail']).where('action', 'like', '%.update').execute(),
  )
  t.strictSame(
    entries.map(({ detail }) => detail),
    [{ changed: ['syncFilters'] }, { changed: ['syncFilters'] }],
  )
})
