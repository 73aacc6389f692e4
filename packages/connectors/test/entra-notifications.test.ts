import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { entraNotifications } from '../src/entra/notifications.ts'
import type { Channel, Notification, NotificationVerdict } from '../src/notifications.ts'
import { failureOf } from './support/failure-of.ts'
import { openTenant } from './support/open-entra.ts'

const secret = 'ZmFrZS1zZWNyZXQtb2YtZm9ydHktdGhyZWUtY2hhcnM'
const channel: Channel = {
  isSecret: (text) => text.length === secret.length && timingSafeEqual(Buffer.from(text), Buffer.from(secret)),
  subscriptionIds: [],
}

function notification(body: unknown, more: Partial<Notification> = {}): Notification {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method: 'POST', headers: {}, query: new URLSearchParams(), body: text, ...more }
}

const meansOf = (body: unknown, more?: Partial<Notification>) =>
  entraNotifications.receive(notification(body, more), channel).means

t.test('what is worth something, and what is not', (t) => {
  const genuine = {
    clientState: secret,
    changeType: 'updated',
    resource: 'Users/1',
    subscriptionId: 'a',
    tenantId: 'b',
  }
  const event = (lifecycleEvent: string) => ({ clientState: secret, lifecycleEvent })
  const { clientState: _secret, ...unsigned } = genuine
  t.equal(meansOf({ value: [genuine] }), 'changed')
  t.equal(meansOf({ value: [genuine, genuine] }), 'changed')
  t.equal(meansOf({ value: [event('missed')] }), 'changed')
  t.equal(meansOf({ value: [event('reauthorizationRequired')] }), 'renew')
  t.equal(meansOf({ value: [genuine, event('subscriptionRemoved')] }), 'renew')
  t.equal(meansOf({ value: [event('somethingNew')] }), 'changed', 'what nobody knows yet may mean a change')
  for (const forged of [
    { ...genuine, clientState: `${secret} ` },
    { ...genuine, clientState: [secret] },
    unsigned,
    null,
    7,
  ]) {
    t.equal(meansOf({ value: [forged] }), 'refused')
    t.equal(meansOf({ value: [genuine, forged] }), 'refused', 'one that is forged makes all of them worthless')
  }
  for (const malformed of ['', '{', 'null', '[]', { value: [] }, { value: {} }, { value: secret }, genuine]) {
    t.equal(meansOf(malformed), 'refused')
  }
  t.equal(meansOf({ value: [genuine] }, { method: 'GET' }), 'refused')
  t.end()
})

t.test('the question whether the address is ours', (t) => {
  const ask = (token: string, method = 'POST'): NotificationVerdict => {
    const query = new URLSearchParams({ validationToken: token })
    return entraNotifications.receive(notification('', { method, query }), channel)
  }
  const token = 'Validation: Testing client application reachability for subscription Request-Id: 1&2 + %3A'
  t.strictSame(ask(token), { means: 'confirmed', answer: { status: 200, contentType: 'text/plain', body: token } })
  t.strictSame(ask('x'.repeat(2_048)).means, 'confirmed')
  for (const bad of ['', 'x'.repeat(2_049), '<script>alert(1)</script>', 'a\r\nb', 'ü', '\0']) {
    t.strictSame(ask(bad), { means: 'refused' })
  }
  t.strictSame(ask(token, 'GET'), { means: 'refused' })
  t.end()
})

/** Who receives what a tenant tells, as the public endpoint does. */
async function openReceiver(t: Test) {
  const verdicts: NotificationVerdict[] = []
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk)
    const query = new URL(message.url ?? '/', 'http://receiver').searchParams
    const told = notification(Buffer.concat(chunks).toString(), { method: message.method ?? 'GET', query })
    const verdict = entraNotifications.receive(told, channel)
    verdicts.push(verdict)
    const { status = verdict.means === 'refused' ? 401 : 202, contentType, body } = verdict.answer ?? {}
    response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notifications/channel`
  return { verdicts, target: { channelId: 'channel', address, secret } }
}

t.test('subscriptions are made, tell of changes, and end', async (t) => {
  const { graph, directory, context } = await openTenant(t)
  const { verdicts, target } = await openReceiver(t)
  const { subscribe, unsubscribe } = entraNotifications.subscriptions ?? {}
  if (subscribe === undefined || unsubscribe === undefined) throw new Error('there must be subscriptions')
  const made = await subscribe(graph.config, context, target)
  t.strictSame(
    made.map(({ resource }) => resource),
    ['users', 'groups'],
  )
  const days = made.map(({ expiresAt }) => (expiresAt.getTime() - Date.now()) / 86_400_000)
  t.ok(days.every((count) => count > 1 && count < 29))
  t.strictSame(
    [...graph.subscriptions.made.values()].map(({ changeType, clientState }) => [changeType, clientState]),
    [1, 2].map(() => ['updated,deleted', secret]),
  )
  t.ok(verdicts.length > 0 && verdicts.every(({ means }) => means === 'confirmed'))

  verdicts.splice(0)
  const user = directory.addUser({ userName: 'jane@acme.test' })
  t.strictSame(await graph.subscriptions.settled(), [202])
  directory.addGroup({ name: 'Team', members: [user.id] })
  await graph.subscriptions.settled()
  await graph.subscriptions.tell('reauthorizationRequired')
  t.strictSame(
    verdicts.map(({ means }) => means),
    ['changed', 'changed', 'renew', 'renew'],
  )

  for (const subscription of made) await unsubscribe(graph.config, context, subscription)
  t.equal(graph.subscriptions.made.size, 0)
  for (const subscription of made) await unsubscribe(graph.config, context, subscription)
})

t.test('both subscriptions or none', async (t) => {
  const { graph, context } = await openTenant(t)
  const { target } = await openReceiver(t)
  const subscribe = entraNotifications.subscriptions?.subscribe
  if (subscribe === undefined) throw new Error('there must be subscriptions')
  graph.permissions.delete('Group.Read.All')
  t.match(await failureOf(subscribe(graph.config, context, target)), { code: 'permission' })
  t.equal(graph.subscriptions.made.size, 0)
  graph.permissions.add('Group.Read.All')
  const nowhere = { ...target, address: 'http://127.0.0.1:1/notifications/channel' }
  const error = await failureOf(subscribe(graph.config, context, nowhere))
  t.match(error, { code: 'configuration', message: /ValidationError/ })
  t.notMatch(JSON.stringify(error), secret)
})
