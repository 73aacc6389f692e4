import { googleRefusal } from '@muster/testkit/fake-google'
import { startFakeHttp } from '@muster/testkit/fake-http'
import t, { type Test } from 'tap'
import { googleNotifications } from '../src/google/notifications.ts'
import type { ChannelTarget, Notification, NotificationVerdict } from '../src/notifications.ts'
import { failsAs } from './support/failure-of.ts'
import { openAccount } from './support/open-google.ts'

const secret = 'notification-secret-of-43-characters-000000'
const isSecret = (text: string) => text === secret

/** An address where notifications come in, with what they were taken for. */
async function openAddress(t: Test) {
  const heard: { notification: Notification; verdict: NotificationVerdict }[] = []
  const server = await startFakeHttp({
    isPlace: () => false,
    answer: (request) => {
      const notification = { ...request, headers: request.headers }
      heard.push({
        notification,
        verdict: googleNotifications.receive(notification, { isSecret, subscriptionIds: [] }),
      })
      return { status: 202 }
    },
  })
  t.teardown(() => server.close())
  const target: ChannelTarget = { channelId: 'channel_1', address: `${server.origin}/told`, secret }
  const states = () => heard.map(({ notification }) => notification.headers['x-goog-resource-state'])
  return { heard, target, states }
}

function subscriptions() {
  if (googleNotifications.subscriptions === undefined) throw new Error('Google has no subscriptions')
  return googleNotifications.subscriptions
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!isTrue() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('Google tells of what happens to users, until it is told to stop', async (t) => {
  const { fake, context } = await openAccount(t)
  const { heard, target, states } = await openAddress(t)
  const { subscribe, unsubscribe } = subscriptions()
  const made = await subscribe(fake.config, context, target)
  t.equal(new Set(made.map(({ id }) => id)).size, 5)
  t.ok(made.every(({ id, resource, expiresAt }) => id.length <= 64 && resource !== '' && expiresAt > new Date()))
  t.strictSame(
    fake.channels
      .open()
      .map(({ event }) => event)
      .sort(),
    ['add', 'delete', 'makeAdmin', 'undelete', 'update'],
  )
  await until(() => heard.length === 5)
  t.ok(heard.every(({ verdict }) => verdict.means === 'confirmed'))

  const { id } = fake.directory.addUser({ userName: 'jane@acme.test' })
  fake.directory.updateUser(id, { active: false })
  fake.directory.removeUser(id)
  fake.directory.addGroup({ name: 'Nobody is told of it' })
  await until(() => heard.length === 8)
  t.strictSame(states().slice(5).sort(), ['add', 'delete', 'update'])
  t.ok(heard.slice(5).every(({ verdict }) => verdict.means === 'changed'))

  const others = await subscribe(fake.config, context, target)
  t.notOk(
    others.some((other) => made.some(({ id }) => id === other.id)),
    'made anew before they end',
  )
  for (const subscription of [...made, ...made]) await unsubscribe(fake.config, context, subscription)
  t.strictSame(
    fake.channels
      .open()
      .map(({ id }) => id)
      .sort(),
    others.map(({ id }) => id).sort(),
  )
  await assertRefusals(t, heard[0]?.notification)
})

async function assertRefusals(t: Test, genuine: Notification | undefined): Promise<void> {
  if (genuine === undefined) throw new Error('nothing was told')
  const { receive } = googleNotifications
  const channel = { isSecret, subscriptionIds: [] }
  const without = (name: string) => ({ ...genuine, headers: { ...genuine.headers, [name]: '' } })
  const forged = [
    { ...genuine, headers: { ...genuine.headers, 'x-goog-channel-token': 'guessed' } },
    without('x-goog-channel-token'),
    without('x-goog-resource-state'),
    without('x-goog-channel-id'),
    { ...genuine, headers: {} },
    { ...genuine, method: 'GET' },
    { ...genuine, headers: {}, query: new URLSearchParams({ token: secret }), body: secret },
  ]
  for (const notification of forged) t.strictSame(receive(notification, channel), { means: 'refused' })
  t.strictSame(receive(genuine, { ...channel, isSecret: () => false }), { means: 'refused' })
}

t.test('where one kind of change cannot be told of, none is', async (t) => {
  const { fake, context } = await openAccount(t)
  const { target } = await openAddress(t)
  const { subscribe } = subscriptions()
  const { outbound } = context
  const refusing: typeof context = {
    ...context,
    outbound: {
      ...outbound,
      send: async (url, call) => {
        if (!url.includes('event=undelete')) return await outbound.send(url, call)
        const { status = 0, body } = googleRefusal('forbidden')
        return { status, headers: {}, body: JSON.stringify(body) }
      },
    },
  }
  await failsAs(t, subscribe(fake.config, refusing, target), 'permission')
  t.strictSame(fake.channels.open(), [])
})
