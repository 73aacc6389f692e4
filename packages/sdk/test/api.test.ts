import t, { type Test } from 'tap'
import { createClient, MusterApiError, muster, on, $ as sharedVocabulary } from '../src/index.ts'
import { dropped, type FakeMuster, json, problem, startFakeMuster } from './support/fake-muster.ts'
import { userNamed } from './support/samples.ts'

async function setUp(t: Test) {
  const fake = await startFakeMuster(t)
  const client = createClient({ url: `${fake.url}/`, key: 'muster_key_x', organizationId: 'org_1' })
  return { fake, client, $: client.$ }
}

const lastOf = ({ asked }: FakeMuster) => {
  const { method, path, query, body } = asked.at(-1) ?? {}
  return { call: `${method} ${path}`, query, body }
}

t.test('calls are repeated when they may be, and fail with what the API says', async (t) => {
  const { fake, $ } = await setUp(t)
  const path = '/api/users/user_1'
  const jane = json(200, userNamed('jane'))
  fake.instead(
    path,
    problem(503, 'unavailable', { 'retry-after': '0' }),
    dropped,
    problem(429, 'tooManyRequests'),
    jane,
  )
  t.equal((await $.User.get('user_1')).email, 'jane@acme.test')
  t.equal(fake.asked.length, 4)
  t.match(fake.asked[0]?.headers, { authorization: 'Bearer muster_key_x', accept: 'application/json' })

  fake.instead(path, problem(404, 'notFound'))
  const failure = await $.User.get('user_1').catch((error: unknown) => error)
  t.ok(failure instanceof MusterApiError)
  t.match(failure, {
    status: 404,
    code: 'notFound',
    detail: 'about notFound',
    message: /GET \/api\/users\/user_1: 404/,
  })
  fake.instead(path, json(502, '<html>'))
  await t.rejects($.User.get('user_1'), { status: 502, code: 'unknown' })

  fake.instead('/api/users', problem(503, 'unavailable'), jane)
  await t.rejects(
    $.User.create({ email: 'jane@acme.test' }),
    { message: /: 503 / },
    'who knows whether she was created',
  )
  fake.instead('/api/users', problem(429, 'tooManyRequests', { 'retry-after': '0' }), jane)
  t.equal((await $.User.create({ email: 'jane@acme.test' })).email, 'jane@acme.test', 'before anything was done')

  const impatient = createClient({ url: fake.url, key: 'k', timeoutMilliseconds: 50, retriesMax: 1 })
  const before = fake.asked.length
  fake.instead(path, ...Array.from({ length: 2 }, () => () => undefined))
  await t.rejects(impatient.$.User.get('user_1'), { name: 'TimeoutError' })
  t.equal(fake.asked.length - before, 2)
})

t.test('what the samples write is what the API takes', async (t) => {
  const { fake, $ } = await setUp(t)
  const ok = json(200, {})
  const said = async (path: string, call: () => PromiseLike<unknown>) => {
    fake.instead(path, ok)
    await call()
    return lastOf(fake)
  }
  t.same(
    await said('/api/users/user_1', () =>
      $.User.update('user_1', {
        ...{ email: 'jane@acme.test', firstName: 'Jane', lastName: undefined, department: 'Engineering' },
        ...{ costCenter: undefined, jobTitle: 'Lead', managerId: 'user_2', office: undefined, division: null },
        ...{ profile: { title: 'Dr', department: 'Research' }, metadata: { plan: 'pro' }, lastLoginAt: new Date(0) },
      }),
    ),
    {
      call: 'PATCH /api/users/user_1',
      query: { organizationId: 'org_1' },
      body: {
        ...{ email: 'jane@acme.test', firstName: 'Jane', lastLoginAt: '1970-01-01T00:00:00.000Z' },
        profile: { department: 'Research', title: 'Dr' },
        metadata: { jobTitle: 'Lead', managerId: 'user_2', division: null, plan: 'pro' },
      },
    },
  )
  t.same((await said('/api/users/user_1', () => $.User.update('user_1', { metadata: null, title: null }))).body, {
    profile: { title: null },
    metadata: null,
  })
  t.match(await said('/api/users/user_1/roles', () => $.User.assign.Role({ userId: 'user_1', roleId: 'developer' })), {
    call: 'POST /api/users/user_1/roles',
    body: { roleId: 'developer' },
  })
  const unassign = () => $.User.unassign.Role({ userId: 'user_1', roleId: 'a:b' })
  t.match(await said('/api/users/user_1/roles/a%3Ab', unassign), { call: 'DELETE /api/users/user_1/roles/a%3Ab' })
  fake.instead('/api/users/user_1/roles/a%3Ab', problem(404, 'notFound'))
  t.equal(await unassign(), undefined, 'taking what nobody has is done')
  fake.instead('/api/users/user_1/roles/a%3Ab', problem(403, 'forbidden'))
  await t.rejects(unassign(), { message: /: 403 / })

  const syncFilters = { includeGroups: ['Engineering'] }
  t.same(
    await said('/api/organizations/org_2', () => $.Organization.update('org_2', { directoryConfig: { syncFilters } })),
    { call: 'PATCH /api/organizations/org_2', query: {}, body: { directoryConfig: { syncFilters } } },
  )
  const question = { metric: 'directory.sync', organizationId: 'org_2', period: 'last_30_days' } as const
  t.same((await said('/api/analytics/directory-sync', () => $.Analytics.get(question))).query, {
    organizationId: 'org_2',
    period: 'last_30_days',
  })
  await t.rejects($.Analytics.get({ metric: Object('other') }), TypeError)
  t.match(await said('/api/test-directories', () => $.Directory.createTest({ users: 10, groups: 3 })), {
    call: 'POST /api/test-directories',
    body: { users: 10, groups: 3 },
  })
  fake.instead('/api/test-directories', json(200, { data: [{ id: 'directory_9' }], nextCursor: 'x' }))
  t.match(
    await said('/api/directory/directory_9/simulate', () =>
      $.Directory.simulate('user.created', { email: 'a@b.test' }),
    ),
    { call: 'POST /api/directory/directory_9/simulate', body: { event: 'user.created', data: { email: 'a@b.test' } } },
  )
  fake.instead('/api/test-directories', json(200, { data: [], nextCursor: null }))
  await t.rejects($.Directory.simulate('user.created'), /createTest/)
  for (const verb of ['sync', 'plan'] as const) {
    const body = { wait: 20, scan: 'full' }
    const call = () => $.Directory[verb]('directory_9', { scan: 'full' })
    t.strictSame((await said(`/api/directory/directory_9/${verb}`, call)).body, body, verb)
  }
  t.match(await said('/api/directory/directory_9/pause', () => $.Directory.pause('directory_9')), { body: {} })
  t.match(await said('/api/directory/directory_9/resume', () => $.Directory.resume('directory_9')), { body: {} })
  t.match(await said('/api/webhooks/webhook_1/replay', () => $.Webhook.replay('webhook_1', { after: 7 })), {
    body: { after: 7 },
  })
  t.match(await said('/api/hooks', () => $.Hook.create({ kind: 'before_create', organizationId: 'org_3' })), {
    call: 'POST /api/hooks',
    query: { organizationId: 'org_3' },
    body: { kind: 'before_create' },
  })
})

t.test('a list is its first page, a page with its cursor, or all of it', async (t) => {
  const { fake, client } = await setUp(t)
  const pages = [
    { data: [{ id: 1 }, { id: 2 }], nextCursor: '2' },
    { data: [{ id: 3 }], nextCursor: null },
  ].map((page) => json(200, page))
  fake.instead('/api/groups', ...pages)
  const all = []
  for await (const { id } of client.$.Group.list({ directoryId: 'directory_1', limit: 2 })) all.push(id)
  t.same(all, [1, 2, 3])
  t.match(
    fake.asked.map(({ query }) => query),
    [
      { directoryId: 'directory_1', limit: '2', after: undefined },
      { directoryId: 'directory_1', limit: '2', after: '2' },
    ],
  )
  fake.instead('/api/groups', ...pages)
  t.match(await client.$.Group.list({}).page(), { nextCursor: '2' })
  t.match(await client.forOrganization('org_2').$.Group.list(), [{ id: 3 }])
  t.equal(lastOf(fake).query?.organizationId, 'org_2')
  fake.instead('/api/groups', problem(403, 'forbidden'))
  await t.rejects(Promise.resolve(client.$.Group.list()), { message: /: 403 / })
})

t.test('the default client reads the environment, and is set up once for all modules', async (t) => {
  const fake = await startFakeMuster(t)
  const { env } = process
  t.teardown(() => {
    process.env = env
  })
  process.env = { ...env, MUSTER_URL: '', MUSTER_KEY: '' }
  await t.rejects(async () => sharedVocabulary.Group.count(), /MUSTER_URL/)
  process.env = { ...env, MUSTER_URL: fake.url, MUSTER_KEY: 'from environment', MUSTER_ORGANIZATION: 'org_env' }
  fake.instead('/api/groups/count', json(200, { count: 1 }), json(200, { count: 2 }))
  t.equal(await sharedVocabulary.Group.count(), 1)
  t.match(fake.asked[0], {
    headers: { authorization: 'Bearer from environment' },
    query: { organizationId: 'org_env' },
  })
  const client = muster({ key: 'given', secrets: ['whsec_AAAA'] })
  t.equal(client.on, on)
  t.equal(await sharedVocabulary.Group.count({ directoryId: 'directory_1' }), 2)
  t.match(fake.asked[1], { headers: { authorization: 'Bearer given' }, query: { directoryId: 'directory_1' } })
})
