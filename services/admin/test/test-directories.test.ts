import { type EventType, eventDefects } from '@muster/events'
import { newSecretKey } from '@muster/runtime/secret-box'
import t from 'tap'
import { readConfig } from '../src/config.ts'
import { simulationNames } from '../src/test-directories/simulations.ts'
import {
  addOrganization,
  type Body,
  type Installation,
  pepper,
  rowsOf,
  startInstallation,
  type TestOrganization,
} from './support/installation.ts'

interface Stage {
  installation: Installation
  acme: TestOrganization
  directory: Body
  get(path: string): Promise<Body>
  simulate(event: string, data?: object): Promise<{ status: number; body: Body; types: EventType[] }>
  /** The data of the events behind the first ones. */
  eventsOf(types: readonly string[]): Promise<Body[]>
}

async function openStage(t: Parameters<typeof startInstallation>[0], size: object): Promise<Stage> {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const { status, body: directory } = await installation.call(acme.admin, 'POST', '/api/test-directories', size)
  if (status !== 201) throw new Error(`No test directory: ${status} ${JSON.stringify(directory)}`)
  const get = async (path: string) => (await installation.call(acme.viewer, 'GET', `/api/${path}`)).body
  return {
    installation,
    acme,
    directory,
    get,
    async simulate(event, data) {
      const path = `/api/directory/${directory.id}/simulate`
      const { status, body } = await installation.call(acme.admin, 'POST', path, { event, ...(data && { data }) })
      const events = (body.events ?? []) as { type: EventType }[]
      return { status, body, types: events.map(({ type }) => type) }
    },
    async eventsOf(types) {
      const { data } = await get(`events?types=${types.join(',')}&directoryId=${directory.id}&limit=1000`)
      return data as Body[]
    },
  }
}

t.test('a test directory is full of people, the same ones every time, with the events of their arrival', async (t) => {
  const { installation, acme, directory, get, eventsOf } = await openStage(t, { users: 12, groups: 10 })
  t.match(directory, { name: 'Test directory', type: 'SCIM', status: 'ACTIVE', isTest: true, silentSince: null })
  const people = (await get(`users?directoryId=${directory.id}`)).data as Body[]
  t.equal(people.length, 12)
  const [head] = people
  t.match(head, { email: 'ada.abebe.1@example.test', firstName: 'Ada', lastName: 'Abebe', managerId: null })
  t.match(head?.profile, {
    title: 'Head of Engineering',
    department: 'Engineering',
    employeeId: 'E0001',
    location: /./,
  })
  t.equal(people.filter(({ managerId }) => managerId === head?.id).length, 11 - 3, 'the heads, and who is led by her')
  t.ok(
    people.slice(1).every(({ managerId }) => managerId !== null),
    'everybody else has a manager',
  )
  t.ok(
    people.every(({ groups }) => (groups as Body[]).length > 0),
    'everybody is in a group',
  )
  const groups = (await get(`groups?directoryId=${directory.id}`)).data as Body[]
  t.same(groups.map(({ name }) => name).slice(0, 2), ['Engineering', 'Product'])
  t.equal(groups.length, 10)
  t.equal((await eventsOf(['directory.activated'])).length, 1)
  t.equal((await eventsOf(['directory.user.created', 'directory.user.synced'])).length, 24)
  t.equal((await eventsOf(['directory.group.user_added'])).length, 10)

  const again = await installation.call(acme.admin, 'POST', '/api/test-directories', {
    name: 'Two',
    domain: 'two.test',
  })
  t.equal(again.status, 201)
  const counted = await get(`users/count?directoryId=${again.body.id}`)
  t.same(counted, { count: 10 }, 'another domain: other people')
  const list = await installation.call(acme.viewer, 'GET', '/api/test-directories?limit=1')
  t.same([rowsOf(list)[0]?.id, list.body.nextCursor], [again.body.id, again.body.id], 'the newest first')
  const rest = await installation.call(acme.viewer, 'GET', `/api/test-directories?after=${again.body.id}`)
  t.same(
    rowsOf(rest).map(({ id }) => id),
    [directory.id],
    'and none that has a source',
  )
  const token = await installation.call(acme.admin, 'POST', `/api/directory/${directory.id}/tokens`, {})
  t.equal(token.status, 201, 'it may have tokens')
  t.equal((await installation.call(acme.admin, 'DELETE', `/api/directory/${directory.id}`)).status, 204)
  t.same(await get(`users/count?q=ada&state=inactive`), { count: 1 }, 'no hold, though all of them go')
})

t.test('the guard looks at a change of the whole organization, with a test directory in it', async (t) => {
  const { call, operatorKey } = await startInstallation(t)
  const { id } = (await call(operatorKey, 'POST', '/api/organizations', { name: 'Fresh' })).body
  const key = (await call(operatorKey, 'POST', '/api/keys', { organizationId: id, name: 'x', role: 'ADMIN' })).body.key
  const admin = String(key)
  await call(admin, 'POST', '/api/test-directories', { users: 60, groups: 2 })
  const syncFilters = { excludeGroups: ['Product'] }
  t.match(await call(admin, 'PATCH', `/api/organizations/${id}`, { directoryConfig: { syncFilters } }), {
    status: /^20/,
  })
  t.same((await call(admin, 'GET', '/api/holds/count')).body, { count: 1 })
  t.same((await call(admin, 'GET', '/api/users/count?state=active')).body, { count: 60 })
})

t.test('the largest test directory', async (t) => {
  const { get, directory } = await openStage(t, { users: 1_000, groups: 100 })
  t.same(await get(`users/count?directoryId=${directory.id}`), { count: 1_000 })
  t.same(await get(`groups/count?directoryId=${directory.id}`), { count: 100 })
})

t.test('people are simulated: what happened is what the events say', async (t) => {
  const { simulate, get, eventsOf } = await openStage(t, { users: 3, groups: 1 })
  const said = { email: 'Test.User@example.test', firstName: 'Test', lastName: 'User', department: 'Sales' }
  const created = await simulate('user.created', {
    ...said,
    profile: { title: 'Seller' },
    manager: 'ada.abebe.1@example.test',
  })
  t.equal(created.status, 200)
  t.same(created.types, ['directory.user.created', 'directory.user.synced'])
  const [first] = created.body.events as Body[]
  const logged = (await eventsOf(['directory.user.created'])).find(({ id }) => id === first?.id)
  const { user } = (logged ?? { data: {} }).data as { user: Body }
  t.equal(logged?.sequence, first?.sequence)
  t.match(user, { email: 'Test.User@example.test', firstName: 'Test', username: 'Test.User@example.test' })
  t.match(user.profile, { department: 'Sales', title: 'Seller' })
  t.match(user.managerId, /^user_/)
  t.match(await simulate('user.created', said), { status: 409, body: { detail: /userName/ } })

  const email = 'test.user@example.test'
  const updated = await simulate('directory.user.updated', { email, department: 'Design', title: null })
  t.same(updated.types, ['directory.user.updated', 'directory.user.synced'])
  t.match(await get(`users/${user.id}`), { profile: { department: 'Design', title: 'Seller' } }, 'a value is kept')
  t.same((await simulate('user.updated', { email, department: 'Design' })).types, [], 'no change, no event')
  await simulate('user.updated', { id: user.id, email: 'other@example.test' })
  t.match(await get(`users/${user.id}`), { email: 'other@example.test' }, 'with an id, the address is a new one')
  t.same((await simulate('user.synced', { id: user.id, rawAttributes: { nickName: 'T' } })).types, [
    'directory.user.synced',
  ])

  t.same((await simulate('user.deactivated', { id: user.id })).types, [
    'directory.user.deactivated',
    'directory.user.synced',
  ])
  t.match(await get(`users/${user.id}`), { state: 'inactive' })
  const twice = await simulate('user.deactivated', { id: user.id })
  t.match(twice, { status: 409, body: { detail: /named and active/ } })
  t.same((await simulate('user.reactivated')).types[0], 'directory.user.reactivated', 'the only one that can be')
  t.match(await simulate('user.reactivated'), { status: 409 })
  for (let left = 4; left > 0; left--) {
    t.same((await simulate('user.deleted')).types, ['directory.user.deleted'], 'by chance, and never held')
  }
  t.match(await simulate('user.deleted'), { status: 409, body: { detail: 'No user of the directory is there.' } })
})

t.test('groups are simulated, in whole and member by member', async (t) => {
  const { simulate, get } = await openStage(t, { users: 4, groups: 2 })
  t.same((await simulate('group.created', { name: 'Chess' })).types, ['directory.group.created'])
  const user = 'bruno.bauer.2@example.test'
  for (const [event, type] of [
    ['group.userAdded', 'directory.group.user_added'],
    ['directory.group.user_removed', 'directory.group.user_removed'],
  ] as const) {
    t.same((await simulate(event, { group: 'chess', user })).types, [type])
    t.match(await simulate(event, { group: 'chess', user }), { status: 409 }, 'once')
  }
  for (let round = 0; round < 8; round++) t.equal((await simulate('group.userAdded')).types.length, 1, 'by chance')
  t.match(await simulate('group.userAdded'), { status: 409 }, 'everybody is in every group')
  const named = await simulate('group.userRemoved', { user })
  t.same(named.types, ['directory.group.user_removed'])
  t.same((await simulate('group.updated', { group: 'Chess', name: 'Go' })).types, ['directory.group.updated'])
  t.same((await get('groups/count?name=Go')).count, 1)
  const gone = await simulate('group.deleted', { group: 'Go' })
  t.equal(gone.types.at(-1), 'directory.group.deleted')
  t.same((await get('groups/count?name=Go')).count, 0)
  t.match(await simulate('group.deleted', { group: 'Go' }), { status: 409, body: { detail: /named/ } })
})

t.test('a pull is simulated: the directory is as its events say', async (t) => {
  const { simulate, get, directory, eventsOf } = await openStage(t, { users: 5, groups: 2 })
  const stateOf = async () => {
    const { status, errorMessage } = await get(`directory/${directory.id}`)
    return [status, errorMessage]
  }
  t.same((await simulate('activated')).types, ['directory.activated'])
  t.same((await simulate('syncCompleted', { stats: { usersUpdated: 7 } })).types, ['directory.sync_completed'])
  const [completed] = await eventsOf(['directory.sync_completed'])
  const stats = { usersCreated: 5, usersUpdated: 7, usersDeleted: 0, groupsCreated: 2, membershipChanges: 5 }
  t.match(completed?.data, { stats })
  t.same((await simulate('sync_failed', { error: { message: 'No answer' } })).types, ['directory.sync_failed'])
  t.same(await stateOf(), ['ACTIVE', 'No answer'])
  t.match(await simulate('recovered'), { status: 409, body: { detail: /not in error/ } })
  t.same((await simulate('error')).types, ['directory.error'])
  t.same((await simulate('error', { error: { code: 'x', message: 'Worse' } })).types, [], 'it is in error already')
  t.same(await stateOf(), ['ERROR', 'Worse'])
  t.same((await simulate('recovered')).types, ['directory.recovered'])
  t.same(await stateOf(), ['ACTIVE', null])
  await simulate('error')
  t.same((await simulate('syncCompleted')).types, ['directory.recovered', 'directory.sync_completed'])
  await simulate('error')
  t.same((await simulate('activated')).types, ['directory.recovered', 'directory.activated'])
  t.same(await stateOf(), ['ACTIVE', null])
})

t.test('every event that can be simulated has data as the catalogue says', async (t) => {
  const { simulate, get } = await openStage(t, { users: 6, groups: 3 })
  const orderly = [...simulationNames].sort((a, b) => Number(a === 'recovered') - Number(b === 'recovered'))
  for (const name of orderly) {
    if (name === 'user.reactivated') await simulate('user.deactivated')
    t.equal((await simulate(name)).status, 200, name)
  }
  const { data } = (await get('events?limit=1000')) as { data: Body[] } & Body
  const seen = new Set(data.map(({ type }) => type))
  t.ok(seen.size >= simulationNames.length)
  t.same(eventDefects(data), [])
})

t.test('what cannot be simulated is told, with what can', async (t) => {
  const { installation, acme, simulate, directory } = await openStage(t, { users: 1, groups: 1 })
  for (const [event, data, detail] of [
    ['user.exploded', undefined, /it may be user.created, .*group.userAdded.*syncCompleted/],
    ['constructor', undefined, /cannot be simulated/],
    ['user.created', { surname: 'X' }, /^body.data has an unknown member; it may have email, firstName/],
    ['user.created', { firstName: 1 }, 'body.data.firstName must be a text.'],
    ['user.created', { email: 'nobody' }, 'body.data.email must be an address.'],
    [
      'user.created',
      { profile: { email: 'a@b.test' } },
      /^body.data.profile has an unknown member; it may have department/,
    ],
    ['activated', { at: 'now' }, 'body.data has an unknown member; it may have nothing.'],
    ['syncCompleted', { stats: { usersCreated: -1 } }, 'body.data.stats.usersCreated must be a whole number from 0.'],
    ['user.updated', { rawAttributes: {} }, /unknown member/],
    ['user.synced', { rawAttributes: { active: 'perhaps' } }, /active/],
  ] as const) {
    t.match(await simulate(event, data), { status: 400, body: { detail } }, event)
  }
  const { call } = installation
  const real = await call(acme.admin, 'POST', `/api/directory/${acme.directoryId}/simulate`, { event: 'error' })
  t.match(real, { status: 409, body: { detail: /Only test directories/ } })
  await call(acme.admin, 'POST', `/api/directory/${directory.id}/pause`)
  t.match(await simulate('user.created'), { status: 409, body: { detail: /paused/ } })
  for (const size of [{ users: 1_001 }, { groups: -1 }, { domain: 'example.com' }, { size: 3 }]) {
    t.equal((await call(acme.admin, 'POST', '/api/test-directories', size)).status, 400, JSON.stringify(size))
  }
})

t.test('production has no test directories', async (t) => {
  const installation = await startInstallation(t, { isProduction: true })
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const forbidden = { status: 403, body: { code: 'forbidden', detail: /for development/ } }
  t.match(await call(acme.admin, 'POST', '/api/test-directories', {}), forbidden)
  t.match(await call(acme.viewer, 'GET', '/api/test-directories'), forbidden)
  const path = `/api/directory/${acme.directoryId}/simulate`
  t.match(await call(acme.admin, 'POST', path, { event: 'user.created' }), forbidden)
  t.equal(rowsOf(await call(acme.viewer, 'GET', '/api/directory')).length, 1)
})

t.test('production is what NODE_ENV says', (t) => {
  const { id, bytes } = newSecretKey('test')
  const required = {
    DATABASE_URL: 'postgres://127.0.0.1/muster',
    MUSTER_TOKEN_PEPPER: pepper,
    MUSTER_INTERNAL_SECRET: pepper,
    MUSTER_ROOT_KEYS: `${id}:${bytes.toString('base64')}`,
  }
  for (const [NODE_ENV, isProduction] of [
    ['production', true],
    ['development', false],
    [undefined, false],
  ] as const) {
    t.match(readConfig({ ...required, NODE_ENV }), { isProduction })
  }
  t.end()
})

t.test('how long a directory may be silent is set on it, and when it was heard is shown', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const path = `/api/directory/${acme.directoryId}`
  const patch = (silentAfterHours: unknown) => installation.call(acme.admin, 'PATCH', path, { silentAfterHours })
  const shown = { isTest: false, silentAfterHours: 168, silentSince: null, lastRequestAt: null }
  t.match((await installation.call(acme.viewer, 'GET', path)).body, shown)
  t.match(await patch(24), { status: 200, body: { silentAfterHours: 24 } })
  t.match(await patch(null), { status: 200, body: { silentAfterHours: null } })
  t.match((await installation.call(acme.admin, 'PATCH', path, {})).body, { silentAfterHours: null }, 'it stays')
  for (const wrong of [0, -1, 1.5, '24', 87_601]) t.equal((await patch(wrong)).status, 400, String(wrong))
})
