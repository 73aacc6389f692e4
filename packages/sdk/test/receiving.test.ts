import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { type ClientOptions, createClient, type Receiver, veto } from '../src/index.ts'
import { startFakeMuster } from './support/fake-muster.ts'
import { createdEvent, directory, eventOf, groupNamed, userNamed } from './support/samples.ts'

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`
const [secret, older, foreign] = [newSecret(), newSecret(), newSecret()]

interface Message {
  id?: string
  body: string
  /** Seconds from now. */
  offset?: number
  secrets?: readonly string[]
  headers?: Record<string, string | undefined>
}

function signed({ id = 'msg_1', body, offset = 0, secrets = [secret], headers = {} }: Message): Request {
  const timestamp = new Date(Date.now() + offset * 1_000)
  const signatures = secrets.map((each) => new Webhook(each).sign(id, timestamp, body)).join(' ')
  const all: Record<string, string | undefined> = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
    'webhook-signature': signatures,
    ...headers,
  }
  const present = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return new Request('http://app/muster', { method: 'POST', body, headers: present as [string, string][] })
}

function setUp(options: Partial<ClientOptions> = {}) {
  const errors: unknown[] = []
  const client = createClient({
    url: 'http://127.0.0.1:1',
    key: 'muster_key_x',
    secrets: [secret],
    retriesMax: 0,
    onError: (error) => errors.push(error),
    ...options,
  })
  const deliver = (receiver: Receiver, message: object, id?: string) =>
    receiver(signed({ body: JSON.stringify(message), ...(id && { id }) }))
  return { client, errors, deliver }
}

t.test('a message is believed that one of the secrets signed lately, and no other', async (t) => {
  const { client } = setUp({ secrets: [secret, older] })
  const receiver = client.handler()
  const body = JSON.stringify(createdEvent(1, 'jané'))
  const status = async (message: Partial<Message>) => (await receiver(signed({ body, ...message }))).status
  const expected: [string, Partial<Message>, number][] = [
    ['as it should be', {}, 204],
    ['by the older secret', { secrets: [older] }, 204],
    ['by both, while it rotates', { secrets: [foreign, older] }, 204],
    ['nearly five minutes old', { offset: -295 }, 204],
    ['more than five minutes old', { offset: -305 }, 401],
    ['from the future', { offset: 305 }, 401],
    ['by a foreign secret', { secrets: [foreign] }, 401],
    ['without a signature', { secrets: [] }, 401],
    ['of another scheme', { headers: { 'webhook-signature': 'v1a,AAAA' } }, 401],
    ['with a signature that is no base64', { headers: { 'webhook-signature': 'v1,%%%' } }, 401],
    ['with another id', { headers: { 'webhook-id': 'msg_2' } }, 401],
    ['without an id', { headers: { 'webhook-id': undefined } }, 401],
    ['without a time', { headers: { 'webhook-timestamp': undefined } }, 401],
    ['with a time that is none', { headers: { 'webhook-timestamp': 'Infinity' } }, 401],
    ['that is no JSON', { body: '{' }, 400],
    ['that is not UTF-8 JSON of an object', { body: 'null' }, 400],
    ['of no type', { body: '{}' }, 400],
    ['of a type that is not known', { body: '{"type":"webhook_endpoint.test"}' }, 204],
    ['of more than 5 MB', { body: JSON.stringify({ type: 'x'.repeat(5 * 1024 * 1024) }) }, 413],
  ]
  for (const [name, message, wanted] of expected) t.equal(await status(message), wanted, name)
  const tampered = signed({ body })
  const request = new Request(tampered.url, { method: 'POST', headers: tampered.headers, body: body.replace('é', 'e') })
  t.equal((await receiver(request)).status, 401, 'changed on its way')
  t.equal((await receiver(new Request('http://app/'))).status, 405)
  t.throws(() => setUp({ secrets: [] }).client.handler(), TypeError, 'without secrets')
  t.throws(() => setUp({ secrets: ['plain'] }).client.handler(), { message: /^((?!plain).)*$/ })
})

t.test('events go to their handlers in order; one that fails comes again, one that was handled does not', async (t) => {
  const { client, errors, deliver } = setUp()
  const calls: string[] = []
  let broken = true
  client.on(client.$.Directory.user.created, ({ user, event }) => calls.push(`first ${user.email} ${event.sequence}`))
  client.on(['directory.user.created', 'directory.user.updated'], async ({ user }) => {
    if (broken) throw new Error('database down')
    calls.push(`second ${user.directory?.name}`)
  })
  const off = client.on('directory.user.created', () => calls.push('third'))
  const receiver = client.handler()
  t.equal((await deliver(receiver, createdEvent(1, 'jane'), 'event_1')).status, 500)
  t.match(errors, [{ message: 'database down' }])
  t.same(calls, ['first jane@acme.test 1'], 'who comes after the failing one is not called')
  broken = false
  off()
  const twice = [1, 2].map(() => deliver(receiver, createdEvent(1, 'jane'), 'event_1'))
  t.same(
    (await Promise.all(twice)).map(({ status }) => status),
    [204, 204],
  )
  t.same(calls.slice(1), ['first jane@acme.test 1', 'second Acme Okta'])
  const erased = eventOf(2, 'directory.user.updated', { erased: true })
  t.equal((await deliver(receiver, erased, 'event_2')).status, 204)
  t.equal(calls.length, 3, 'what was erased is passed over')
  t.throws(() => client.on(Object(client.$.Directory.user).crated, () => undefined), TypeError)
})

t.test('a change of members is told person by person, and who is gone is passed over', async (t) => {
  const fake = await startFakeMuster(t)
  const names = Array.from({ length: 450 }, (_, n) => `u${String(n).padStart(3, '0')}`)
  fake.users = names.filter((name) => name !== 'u200').map(userNamed)
  const { client, deliver } = setUp({ url: fake.url })
  const added: string[] = []
  client.on(client.$.Directory.group.userAdded, ({ user, group, directory: source, event }) => {
    added.push([user.id, group.organizationId, source?.organization.adminEmail, event.sequence].join(' '))
  })
  const userIds = names.map((name) => `user_${name}`).reverse()
  const event = eventOf(7, 'directory.group.user_added', { group: groupNamed('Engineering'), directory, userIds })
  t.equal((await deliver(client.handler(), event)).status, 204)
  t.same(
    added,
    userIds.filter((id) => id !== 'user_u200').map((id) => `${id} org_1 it@acme.test 7`),
  )
  t.same(
    fake.asked.map(({ query }) => [query.ids?.split(',').length, query.limit, query.organizationId]),
    [200, 200, 50].map((count) => [count, '200', 'org_1']),
  )
})

const call = (type: string, ...names: string[]) => ({
  ...{ type, id: 'msg', timestamp: '2026-11-22T08:00:00Z', organizationId: 'org_1', directory },
  users: names.map(userNamed),
})

t.test('beforeCreate may change, refuse or leave a person; a failure is nobody else’s', async (t) => {
  const { client, errors, deliver } = setUp()
  client.on(client.$.Directory.user.beforeCreate, async ({ user, directory: { name } }) => {
    if (user.firstName === 'vetoed') return veto(`not from ${name}`)
    if (user.firstName === 'broken') throw new Error('no decision')
    if (user.firstName === 'changed') user.preferences = { theme: 'dark' }
    if (user.firstName === 'replaced') return { ...user, lastName: 'Roe', profile: { ...user.profile, title: 'Dr' } }
    return undefined
  })
  client.on(client.$.Directory.user.beforeCreate, ({ user }) => {
    if (user.lastName === 'Roe') user.second = true
  })
  const message = call('directory.user.before_create', 'plain', 'vetoed', 'broken', 'changed', 'replaced')
  const answer = await deliver(client.handler(), message)
  t.equal(answer.status, 200)
  t.same(await answer.json(), {
    decisions: [
      { id: 'user_plain', action: 'proceed' },
      { id: 'user_vetoed', action: 'veto', reason: 'not from Acme Okta' },
      { id: 'user_changed', action: 'proceed', user: { preferences: { theme: 'dark' } } },
      {
        id: 'user_replaced',
        action: 'proceed',
        user: { lastName: 'Roe', profile: { ...userNamed('x').profile, title: 'Dr' }, second: true },
      },
    ],
  })
  t.match(errors, [{ message: 'no decision' }])
  const tried = await deliver(client.handler(), call('directory.user.before_create.test', 'vetoed'))
  t.match(await tried.json(), { decisions: [{ action: 'veto' }] }, 'the test of a hook is answered as well')
})

t.test('afterCreate is told once of a person, by the hook or by the event', async (t) => {
  const { client, deliver } = setUp()
  const told: string[] = []
  let failing = 'user_two'
  client.on(client.$.Directory.user.afterCreate, ({ user }) => {
    if (user.id === failing) throw new Error('not yet')
    told.push(user.id)
  })
  const receiver = client.handler()
  const hooked = call('directory.user.after_create', 'one', 'two')
  t.equal((await deliver(receiver, hooked)).status, 500)
  t.equal((await deliver(receiver, createdEvent(1, 'one'), 'event_1')).status, 204)
  t.equal((await deliver(receiver, createdEvent(3, 'three'), 'event_3')).status, 204)
  failing = ''
  t.equal((await deliver(receiver, hooked)).status, 204)
  t.same(told, ['user_one', 'user_three', 'user_two'])
})

t.test(
  'as a poke a webhook wakes the consumer and does nothing else; hooks are answered all the same',
  async (t: Test) => {
    const { client, deliver } = setUp()
    const calls: string[] = []
    client.on('directory.user.created', () => calls.push('handled'))
    const receiver = client.handler({ poke: { wake: () => calls.push('woken') } })
    t.equal((await deliver(receiver, createdEvent(1, 'jane'))).status, 204)
    t.same(calls, ['woken'])
    t.match(await (await deliver(receiver, call('directory.user.before_create', 'x'))).json(), {
      decisions: [{ id: 'user_x', action: 'proceed' }],
    })
  },
)
