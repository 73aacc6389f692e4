import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { inspect } from 'node:util'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { type FakeFault, sourceDeeds, startFakeHttp } from '@muster/testkit/fake-http'
import t, { type Test } from 'tap'
import { Type } from 'typebox'
import { checkpointCodec } from '../src/checkpoint-codec.ts'
import { ConnectorError } from '../src/connector-error.ts'
import { countUsers } from '../src/count-users.ts'
import { inOrder } from '../src/http/in-order.ts'
import { createPace, type PaceBudget, paceBudget } from '../src/http/pace.ts'
import { retryAfterMilliseconds } from '../src/http/retry-after.ts'
import { failureOfStatus } from '../src/http/source-answer.ts'
import { createSourceFetch } from '../src/http/source-fetch.ts'
import type { Checkpoint } from '../src/index.ts'

/** A server that answers its number of requests, and a client that waits no time and says how long it would have. */
async function openSource(t: Test, budget: Partial<PaceBudget> = {}) {
  let count = 0
  const server = await startFakeHttp({ answer: () => ({ body: { count: ++count } }), isPlace: () => true })
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  t.teardown(async () => {
    await outbound.close()
    await server.close()
  })
  const [waits, throttled]: number[][] = [[], []]
  const ending = new AbortController()
  const wait = async (milliseconds: number) => void waits?.push(milliseconds)
  const context = {
    outbound,
    signal: ending.signal,
    onThrottled: (milliseconds: number) => void throttled?.push(milliseconds),
    wait,
  }
  const pace = createPace(context, { ...paceBudget, ...budget })
  const fetch = createSourceFetch(context, { origins: [server.origin] })
  const ask = (path = '/') =>
    pace.run(async () => {
      const answer = await fetch({ url: `${server.origin}${path}` })
      if (answer.status !== 200) throw failureOfStatus('The fake', answer)
      return JSON.parse(answer.body)
    })
  return { server, ask, waits, throttled, ending, fetch, pace }
}

const failsAs = async (t: Test, asking: Promise<unknown>, code: string) => {
  const error = await asking.then(
    () => undefined,
    (error: unknown) => error,
  )
  t.ok(error instanceof ConnectorError, `${error}`)
  t.equal((error as ConnectorError).code, code)
  return error as ConnectorError
}

t.test('what may pass is tried again, with waits that grow; what may not is not', async (t) => {
  const { server, ask, waits } = await openSource(t)
  const ends: Record<string, { code: string; asked: number }> = {
    reset: { code: 'interrupted', asked: 4 },
    serverError: { code: 'unavailable', asked: 4 },
    throttled: { code: 'throttled', asked: 12 },
    truncatedBody: { code: 'interrupted', asked: 4 },
    credentialsRevoked: { code: 'credentials', asked: 1 },
    permissionRevoked: { code: 'permission', asked: 1 },
    throttledUntil: { code: 'throttled', asked: 1 },
    unreachable: { code: 'unreachable', asked: 1 },
  }
  for (const [name, { code, asked }] of Object.entries(ends)) {
    const before = server.asked.length
    waits?.splice(0)
    await server.script({ ...sourceDeeds[name as keyof typeof sourceDeeds], at: 1 } as FakeFault)
    const error = await failsAs(t, ask(), code)
    t.equal(server.asked.length - before, asked, `${name} is asked ${asked} times`)
    if (name === 'throttledUntil')
      t.equal(error.retryAfterMilliseconds, 3_600_000, 'whoever goes on later is told when')
    if (name === 'reset') {
      t.equal(waits?.length, 3)
      t.ok((waits?.[2] ?? 0) > (waits?.[0] ?? 0), `${waits}`)
    }
    await server.script()
    t.match(await ask(), { count: Number }, 'and all is well again')
  }
})

t.test('a source that asks to wait is waited for, by everybody who asks it', async (t) => {
  const { server, ask, throttled, waits, pace } = await openSource(t)
  await server.script({ does: { status: 429, headers: { 'retry-after': '2' } }, at: 1, onwards: false })
  t.match(await ask(), { count: 1 })
  t.ok(
    throttled?.some((milliseconds) => milliseconds >= 1_900),
    `${throttled}`,
  )
  await server.script({ does: { status: 503, headers: { 'retry-after': '7' } }, at: 1, onwards: false })
  await ask()
  t.ok(
    waits?.some((milliseconds) => milliseconds >= 7_000),
    `also when it is in trouble: ${waits}`,
  )
  waits?.splice(0)
  pace.rest(5_000)
  await Promise.all([ask(), ask()])
  t.ok(waits?.every((milliseconds) => milliseconds > 4_000) && waits.length >= 1, `${waits}`)
})

t.test('so many requests are under way at once, and an abort ends them', async (t) => {
  const { server, ask, ending } = await openSource(t, { concurrent: 3 })
  await server.script({ does: 'hang', at: 1, onwards: true })
  const asking = Array.from({ length: 8 }, () =>
    ask().then(
      () => 'answered',
      (error: unknown) => error,
    ),
  )
  const deadline = Date.now() + 15_000
  while (server.requestsOpen() < 3 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(server.asked.length, 3)
  ending.abort()
  const ends = await Promise.all(asking)
  t.ok(
    ends.every((end) => (end as Error).name === 'AbortError'),
    String(ends),
  )
  t.equal(server.asked.length, 3)
})

t.test('requests stay at the source', async (t) => {
  const { fetch, server } = await openSource(t)
  for (const url of [
    'https://elsewhere.test/next',
    `${server.origin}@elsewhere.test/`,
    'next',
    `http://localhost:${server.port}/`,
  ]) {
    await failsAs(t, fetch({ url }), 'protocol')
  }
  await server.script({
    does: { status: 302, headers: { location: 'https://elsewhere.test/' } },
    at: 1,
    onwards: false,
  })
  t.equal((await fetch({ url: server.origin })).status, 302, 'and a redirect is an answer')
})

t.test('an answer that is no HTTP is in no error: it may hold a token', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{"access_token":"ya29.secret"}'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  t.teardown(async () => {
    await outbound.close()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const fetch = createSourceFetch({ outbound, signal: new AbortController().signal }, { origins: [origin] })
  const error = await failsAs(t, fetch({ url: `${origin}/token?key=secret` }), 'interrupted')
  t.notMatch(inspect(error, { depth: null, showHidden: true }), 'secret')
})

t.test('Retry-After is seconds or a date, by the clock of the source', async (t) => {
  t.equal(retryAfterMilliseconds({ 'retry-after': '120' }), 120_000)
  const [date, later] = ['Sun, 22 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:01:30 GMT']
  t.equal(retryAfterMilliseconds({ 'retry-after': later, date }), 90_000)
  t.equal(retryAfterMilliseconds({ 'retry-after': date, date: later }), 0)
  for (const asked of ['', 'soon', '-1']) t.equal(retryAfterMilliseconds({ 'retry-after': asked }), undefined, asked)
})

t.test('work that is done ahead comes in order, and a failure in its turn', async (t) => {
  const seen: number[] = []
  let [underWay, most] = [0, 0]
  const work = async (item: number) => {
    most = Math.max(most, ++underWay)
    await new Promise((resolve) => setTimeout(resolve, (7 - item) * 3))
    underWay--
    if (item === 5) throw new Error('five')
    return item
  }
  await t.rejects(
    async () => {
      for await (const result of inOrder([1, 2, 3, 4, 5, 6], work, 3)) seen.push(result)
    },
    { message: 'five' },
  )
  t.strictSame(seen, [1, 2, 3, 4])
  t.equal(most, 3)
})

t.test('a checkpoint is read by the configuration it was written for, and by no other', async (t) => {
  const codec = checkpointCodec({
    version: 2,
    position: Type.Object({ page: Type.Integer() }),
    readingOf: ({ domain }: { domain: string; token: string }) => [domain],
  })
  const config = { domain: 'acme.test', token: 'token-of-acme' }
  const written = codec.write({ page: 3 }, config)
  t.notMatch(written, 'acme', 'it says nothing of the configuration')
  t.strictSame(codec.read(written, { ...config, token: 'another' }), { page: 3 })
  for (const bad of ['', 'null', '{}', '[]', '{"version":2,"position":{"page":"3"}}', written.replace('2', '1')]) {
    t.throws(() => codec.read(bad as Checkpoint, config), { code: 'checkpointExpired' }, bad)
  }
  t.throws(() => codec.read(written, { ...config, domain: 'rival.test' }), { code: 'checkpointExpired' })
})

t.test('users are counted for a while; then what is known is told, and no further page is asked for', async (t) => {
  let seconds = 0
  t.intercept(performance, 'now', { value: () => seconds * 1_000 })
  async function* pages(count: number, secondsEach: number) {
    for (let at = 1; at <= count; at += 1) {
      if (seconds > 10) throw new Error('A page too many')
      yield { users: 5, isLast: at === count }
      seconds += secondsEach
    }
  }
  const countOf = ({ users }: { users: number }) => users
  const isLast = (page: { isLast: boolean }) => page.isLast
  t.same(await countUsers(pages(3, 1), countOf, isLast), { userCount: 15 })
  seconds = 0
  t.same(await countUsers(slowly(pages(3, 0)), countOf, isLast), { userCount: 5, countedInPart: true })
  seconds = 0
  t.same(await countUsers(slowly(pages(1, 0)), countOf, isLast), { userCount: 5 }, 'the last page is all')

  async function* slowly<Page>(source: AsyncIterable<Page>) {
    for await (const page of source) {
      seconds += 11
      yield page
    }
  }
})
