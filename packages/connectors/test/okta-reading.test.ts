import { inspect } from 'node:util'
import type { FakeAnswer, FakeDeed, FakeRequest } from '@muster/testkit/fake-http'
import t from 'tap'
import { samplePopulation } from '../src/conformance/index.ts'
import { ConnectorError, fetchOktaUsers } from '../src/index.ts'
import { hear, lastOf } from './support/hear.ts'
import { openOkta } from './support/open-okta.ts'

const profile = {
  email: 'Jane.Doe@acme.test',
  secondEmail: 'jane@home.test',
  department: 'Research',
  title: 'Engineer',
  employeeNumber: 'E-17',
  managerId: 'E-1',
  city: 'Oslo',
  primaryPhone: '+47 1',
  costCenter: 'C-9',
  favouriteColour: 'green',
}

t.test('a user is what Okta has of it, without what changes by itself', async (t) => {
  const { fake, open } = await openOkta(t)
  const { id } = fake.directory.addUser({ userName: 'jane@acme.test', displayName: 'Jane Doe', profile })
  const before = await hear((await open()).snapshot())
  const [jane] = before.users
  t.match(jane, {
    id,
    userName: 'jane@acme.test',
    active: true,
    displayName: 'Jane Doe',
    references: ['E-17'],
    attributes: {
      id,
      status: 'ACTIVE',
      profile: { ...profile, login: 'jane@acme.test', firstName: 'Jane', lastName: 'Doe' },
    },
  })
  t.strictSame(jane?.emails, [{ value: 'Jane.Doe@acme.test' }], 'an address for recovery is nobody else’s affair')
  t.notOk(Object.keys(jane?.attributes ?? {}).some((name) => /^_|last|credentials|Changed/.test(name)))
  fake.logIn(id)
  t.strictSame((await hear((await open()).snapshot())).users, before.users, 'to log in changes nobody')
})

t.test('who is active, by every status that Okta has', async (t) => {
  const { fake, open } = await openOkta(t)
  const active = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY', 'PROVISIONED']
  const statuses = [...active, 'STAGED', 'SUSPENDED', 'DEPROVISIONED', 'OF_ANOTHER_TIME']
  for (const status of statuses) fake.setStatus(fake.directory.addUser({ userName: status }).id, status)
  const group = fake.directory.addGroup({ name: 'All', members: [...fake.directory.users.keys()] })

  const { users, problems, edges, complete } = await hear((await open()).snapshot())
  t.strictSame(
    users.filter((user) => user.active).map((user) => user.userName),
    active,
  )
  t.strictSame(
    users.filter((user) => !user.active).map((user) => user.userName),
    ['STAGED', 'SUSPENDED'],
  )
  t.match(problems, [{ code: 'statusUnknown' }])
  t.equal(edges.length, statuses.length - 1, 'who is deactivated is in no group')
  t.equal(complete, 'all')

  const all = await hear((await open({ includeDeprovisioned: true })).snapshot())
  t.match(
    all.users.find((user) => user.userName === 'DEPROVISIONED'),
    { active: false },
  )
  t.strictSame((await (await open({ includeDeprovisioned: true })).check()).userCount, statuses.length)
  t.match(all.groups, [{ id: group.id, name: 'All', members: 'complete', attributes: { type: 'OKTA_GROUP' } }])
})

t.test('the group Everyone is read where it is asked for', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(3))
  const without = await hear((await open()).snapshot())
  t.notOk(without.groups.some(({ name }) => name === 'Everyone'))
  t.notOk(
    fake.asked.some((request) => request.includes('everyone')),
    'and its members are not asked for',
  )
  const { groups, edges } = await hear((await open({ includeEveryone: true })).snapshot())
  const everyone = groups.find(({ name }) => name === 'Everyone')
  t.equal(edges.filter(({ groupId }) => groupId === everyone?.id).length, 3)
})

t.test('a group that is deleted while groups are read is left out, and the others are not', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(4))
  const gone = fake.directory.idOf('g-department')
  await fake.script({
    at: 1,
    onwards: true,
    does: (answer, { path }) => {
      if (path === '/api/v1/groups')
        queueMicrotask(() => fake.directory.groups.has(gone) && fake.directory.removeGroup(gone))
      return answer
    },
  })
  const { groups, complete } = await hear((await open({ pageSize: 5 })).snapshot())
  t.strictSame(groups.map(({ name }) => name).sort(), ['All of acme.test', 'Team'])
  t.equal(complete, 'all')
})

t.test('a test tells what an account may not see', async (t) => {
  const { fake, open } = await openOkta(t, { seesEveryone: false })
  fake.directory.populate(samplePopulation(4))
  const connector = await open()
  t.match(await connector.check(), { userCount: 4, warnings: [/not encrypted/, /Everyone/] })
  fake.deny('logs')
  t.match(await connector.check(), { warnings: [/not encrypted/, /Everyone/, /System Log/] })
  fake.deny('groups')
  await t.rejects(connector.check(), { code: 'permission', message: /403 \(E0000006\)/ })
})

t.test('nothing at all is not everybody gone where Okta shows that there is somebody', async (t) => {
  const { fake, open } = await openOkta(t, { showsOwner: true })
  await t.rejects(hear((await open()).snapshot()), { code: 'permission', message: /none of them/ })
  await t.rejects((await open()).check(), { code: 'permission' })
  const limited = await openOkta(t, { seesEveryone: false })
  limited.fake.directory.addUser({ userName: 'one@acme.test' })
  await t.rejects(hear((await limited.open()).snapshot()), { code: 'permission', message: /no group/ })
  fake.directory.addUser({ userName: 'one@acme.test' })
  t.equal((await hear((await open()).snapshot())).complete, 'all')
})

t.test('scripts read all users, or none', async (t) => {
  const { fake } = await openOkta(t)
  fake.directory.populate(samplePopulation(12))
  const users = await fetchOktaUsers({ ...fake.config, pageSize: 5 }, { allowedHosts: [fake.host] })
  t.equal(users.length, 12)
  await t.rejects(fetchOktaUsers({ domain: fake.origin }, { allowedHosts: [fake.host] }), { code: 'invalidValue' })
  await t.rejects(fetchOktaUsers(fake.config), ConnectorError, 'and nobody on a private address')
})

t.test('who comes back while the lists are read is on one of them', async (t) => {
  const { fake, open } = await openOkta(t)
  const id = fake.directory.addUser({ userName: 'back@acme.test' }).id
  fake.directory.addUser({ userName: 'jane@acme.test' })
  fake.setStatus(id, 'DEPROVISIONED')
  await fake.script({
    at: 1,
    onwards: true,
    does: (answer, { path }) => {
      if (path === '/api/v1/users') fake.setStatus(id, 'ACTIVE')
      return answer
    },
  })
  const { users, complete } = await hear((await open({ includeDeprovisioned: true })).snapshot())
  t.match(lastOf(users, id), { active: true })
  t.equal(complete, 'all')
})

t.test('a group that is there is not left out, whatever Okta says of its members', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(4))
  await fake.script({
    at: 1,
    onwards: true,
    does: (answer, { path }) => {
      return /groups\/.*\/users$/.test(path) ? { status: 404, body: { errorCode: 'E0000007' } } : answer
    },
  })
  await t.rejects(hear((await open()).snapshot()), { code: 'permission', message: /not who is in it/ })
})

t.test('what goes wrong holds no secret, down to its causes', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(4))
  const said = (body: object): FakeDeed => ({ status: 401, body })
  const deeds: FakeDeed[] = ['reset', 'truncate', 'gone', said({ errorCode: 'E0000011', errorSummary: 'x@acme.test' })]
  for (const does of deeds) {
    await fake.script({ at: 2, onwards: true, does })
    const error: unknown = await hear((await open()).snapshot()).catch((reason: unknown) => reason)
    const text = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })
    t.match(text, /ConnectorError/)
    t.notMatch(text, fake.config.apiToken)
    t.notMatch(text, /SSWS|x@acme/)
  }
})

t.test('nobody is listed, and a group has somebody', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(4))
  const hidden = (answer: FakeAnswer, { path }: FakeRequest): FakeAnswer => {
    return path === '/api/v1/users' ? { ...answer, headers: {}, body: [] } : answer
  }
  await fake.script({ at: 1, onwards: true, does: hidden })
  await t.rejects(hear((await open()).snapshot()), { code: 'permission', message: /none of them/ })
})
