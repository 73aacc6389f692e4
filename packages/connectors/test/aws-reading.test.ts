import t from 'tap'
import { fetchAwsUsers } from '../src/index.ts'
import type { Page } from '../src/page.ts'
import { assertModelled } from './support/aws-model.ts'
import { hear } from './support/hear.ts'
import { openStore } from './support/open-aws.ts'

const enterprise = {
  'aws:identitystore:enterprise': {
    employeeNumber: '701984',
    costCenter: '4130',
    department: 'Tour Operations',
    manager: { value: 'the-id-of-max' },
  },
}

t.test('a user is its document, without what changes by itself', async (t) => {
  const { store, directory, open, exchanges } = await openStore(t)
  const emails = [
    { Value: 'Jane@Home.test', Type: 'home' },
    { Value: 'Jane.Doe@acme.test', Type: 'work', Primary: true },
    { Type: 'work' },
  ]
  const profile = {
    Emails: emails,
    Title: 'Engineer',
    PhoneNumbers: [{ Value: '+49 1', Type: 'work' }],
    Addresses: [{ Locality: 'Bonn', Formatted: 'Street 1, Bonn', Type: 'work' }],
    ExternalIds: [{ Issuer: 'https://idp.acme.test', Id: '0012' }],
    Photos: [{ Value: 'https://photos.acme.test/jane?signed=1' }],
    Birthdate: '1990-01-01',
    Extensions: enterprise,
  }
  const jane = directory.addUser({ userName: 'jane', displayName: 'Jane Doe', profile })
  const max = directory.addUser({ userName: 'max', active: false, profile: { Emails: [], DisplayName: undefined } })
  const old = directory.addUser({ userName: 'old', profile: { UserStatus: undefined } })
  const unnamed = directory.addUser({ userName: '', displayName: 'Nobody' })
  const { users, problems, pages } = await hear((await open()).snapshot())
  const [first, second, third] = users
  t.equal(first?.id, jane.id)
  t.strictSame(first?.emails, [
    { value: 'Jane.Doe@acme.test', type: 'work' },
    { value: 'Jane@Home.test', type: 'home' },
  ])
  const { Photos: _photos, ...kept } = profile
  t.strictSame(first?.attributes, {
    UserName: 'jane',
    UserId: jane.id,
    Name: { GivenName: 'Jane', FamilyName: 'Doe' },
    DisplayName: 'Jane Doe',
    IdentityStoreId: 'd-99672ab34f',
    UserStatus: 'ENABLED',
    CreatedAt: jane.createdAt.toISOString(),
    CreatedBy: 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin/admin',
    ...kept,
  })
  t.match(second, { id: max.id, active: false, displayName: undefined, emails: [] })
  t.match(third, { id: old.id, active: true }, 'without a status the store has none: enabled')
  t.strictSame(
    problems.map(({ key, code }) => [key, code]),
    [[{ kind: 'user', id: unnamed.id }, 'userNameMissing']],
  )
  t.equal(pages.at(-1)?.complete, 'all')
  directory.updateUser(jane.id, {})
  t.strictSame((await hear((await open()).snapshot())).users[0], first, 'UpdatedAt alone is no change')
  assertModelled(t, exchanges)
  const [fetched] = await fetchAwsUsers(store.config, { allowedHosts: [store.host] })
  t.match(fetched, { id: jane.id, userName: 'jane', email: 'Jane.Doe@acme.test' })
})

t.test('groups come with all their members, a large one over pages', async (t) => {
  const { store, directory, open, exchanges } = await openStore(t, { pageSize: 100 })
  const ids = Array.from({ length: 2_300 }, (_, index) => directory.addUser({ userName: `user-${index}` }).id)
  const large = directory.addGroup({ name: 'Large', members: ids })
  const small = directory.addGroup({ name: 'Small', members: ids.slice(0, 1), profile: { Description: 'A few' } })
  const unnamed = directory.addGroup({ name: '' })
  const { groups, edges, pages, problems } = await hear((await open()).snapshot())
  t.match(groups, [
    { id: large.id, name: 'Large', members: 'complete' },
    { id: small.id, attributes: { Description: 'A few', UpdatedAt: undefined } },
  ])
  t.equal(edges.length, 2_301)
  t.match(edges.at(-1), { groupId: small.id, member: { id: ids[0] } })
  t.ok(pages.every(({ upsert }) => upsert.length <= 1_100))
  t.match(problems, [{ key: { kind: 'group', id: unnamed.id }, code: 'groupNameMissing' }])
  assertModelled(t, exchanges)

  await store.script({ does: edited({ MemberId: { RobotId: 'robot-1' } }), at: 25, onwards: true })
  const { edges: others } = await hear((await open()).snapshot())
  t.ok(
    others.some(({ member }) => 'id' in member && member.id === 'robot-1'),
    'a member that is no user has an id, too',
  )
})

t.test('a group that is deleted while it is read is left out', async (t) => {
  const { directory, open } = await openStore(t, { pageSize: 2 })
  const ids = Array.from({ length: 5 }, (_, index) => directory.addUser({ userName: `user-${index}` }).id)
  const [first, second, third] = ['A', 'B', 'C'].map((name) => directory.addGroup({ name, members: ids }).id)
  const connector = await open()
  const seen: Page[] = []
  for await (const page of connector.snapshot()) {
    seen.push(page)
    // The third part of the group list is not read yet, and neither are its members.
    if (seen.length === 4) directory.removeGroup(third ?? '')
  }
  const groups = seen.flatMap(({ upsert }) => upsert.flatMap((record) => (record.kind === 'group' ? [record.id] : [])))
  t.strictSame(groups, [first, second])

  const { store, directory: other, open: openOther } = await openStore(t, { pageSize: 2 })
  const members = Array.from({ length: 5 }, (_, index) => other.addUser({ userName: `user-${index}` }).id)
  const [gone, stays] = ['Gone', 'Stays'].map((name) => other.addGroup({ name, members }).id)
  // Three parts of users, one of groups, the first of the members of each: now the second ones.
  const deed = { status: 404, body: { __type: 'ResourceNotFoundException', ResourceType: 'GROUP', ResourceId: gone } }
  await store.script({ does: deed, at: 7, onwards: false })
  const { removed, members: read } = await hear((await openOther()).snapshot())
  t.strictSame(removed, [{ kind: 'group', id: gone }])
  t.equal(read.get(stays ?? '')?.length, 5)
})

t.test(
  'a round goes on where a token leads, or at the beginning of its list when it leads nowhere any more',
  async (t) => {
    const { store, directory, open } = await openStore(t, { pageSize: 2 })
    for (let index = 0; index < 5; index++) directory.addUser({ userName: `user-${index}` })
    const first = await (await open()).snapshot()[Symbol.asyncIterator]().next()
    const { checkpoint } = first.value as Page
    const names = async () => (await hear((await open()).snapshot(checkpoint))).users.map(({ userName }) => userName)
    t.strictSame(await names(), ['user-2', 'user-3', 'user-4'])
    store.forgetTokens()
    t.strictSame(await names(), ['user-0', 'user-1', 'user-2', 'user-3', 'user-4'])

    const round = (await open()).snapshot()[Symbol.asyncIterator]()
    await round.next()
    store.forgetTokens()
    await t.rejects(round.next(), { code: 'checkpointExpired' }, 'one of this round must not lead nowhere')
    await t.rejects(
      hear((await open({ identityStoreId: 'd-0123456789' })).snapshot(checkpoint)),
      { code: 'checkpointExpired' },
      'a checkpoint of another store is none',
    )
  },
)

t.test('check counts users, and asks for what else a round needs', async (t) => {
  const { store, directory, open, exchanges } = await openStore(t, { pageSize: 2 })
  t.match(await (await open()).check(), { userCount: 0, warnings: [/no users/, /no group/] })
  for (let index = 0; index < 5; index++) directory.addUser({ userName: `user-${index}` })
  directory.addGroup({ name: 'Team', members: [...directory.users.keys()] })
  t.strictSame(await (await open()).check(), { userCount: 5, warnings: [] })
  assertModelled(t, exchanges)
  await t.rejects((await open({ identityStoreId: 'd-0123456789' })).check(), { code: 'configuration' })
  await t.rejects((await open({ region: 'eu-west-1' })).check(), { code: 'credentials' })
  for (const operation of ['ListGroupMemberships', 'ListGroups']) {
    store.deny(operation)
    await t.rejects((await open()).check(), { code: 'permission', message: /AccessDeniedException/ }, operation)
    await t.rejects(hear((await open()).snapshot()), { code: 'permission' }, operation)
  }
})

t.test('a role reads in place of the key, and its keys are replaced before they end', async (t) => {
  const role = { roleArn: 'arn:aws:iam::123456789012:role/readers/Muster', externalId: 'acme:42' }
  const { store, directory, open, exchanges } = await openStore(t, { role, pageSize: 2 })
  for (let index = 0; index < 5; index++) directory.addUser({ userName: `user-${index}` })
  const config = { ...role, stsEndpoint: store.origin }
  const assumed = () => exchanges.filter(({ body }) => body.includes('AssumeRoleResult')).length

  const connector = await open(config)
  t.equal((await connector.check()).userCount, 5)
  t.equal(assumed(), 1, 'once for all requests')
  const now = performance.now
  t.teardown(() => {
    performance.now = now
  })
  performance.now = () => now.call(performance) + 56 * 60_000
  t.equal((await connector.check()).userCount, 5)
  t.equal(assumed(), 2)

  store.expireRoles()
  await t.rejects(connector.check(), { code: 'credentials', message: /ExpiredTokenException/ })
  t.equal((await (await open(config)).check()).userCount, 5)
  await t.rejects((await open({ ...config, externalId: 'rival:1' })).check(), {
    code: 'permission',
    message: /AccessDenied/,
  })
  await t.rejects((await open({ ...config, secretAccessKey: 'x'.repeat(40) })).check(), {
    code: 'credentials',
    message: /SignatureDoesNotMatch/,
  })
  await t.rejects((await open()).check(), { code: 'permission' }, 'the key alone may not read')
  for (const { status, body } of exchanges) if (status !== 200) t.match(body, 'jane', 'the source names people')
})

/** The true answer with every membership changed. */
function edited(changes: object) {
  return (answer: { body?: unknown }) => {
    const body = answer.body as { GroupMemberships?: object[] }
    const members = body.GroupMemberships?.map((one) => ({ ...one, ...changes }))
    return { ...answer, body: { ...body, ...(members !== undefined && { GroupMemberships: members }) } }
  }
}
