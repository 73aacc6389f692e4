import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import { bearerToken } from '@muster/runtime/http/bearer'
import { toMusterError } from '@muster/runtime/http/errors'
import { FailureLimit } from '@muster/runtime/http/failure-limit'
import { answerHealthChecks } from '@muster/runtime/http/health'
import { acceptJsonBodies } from '@muster/runtime/http/json-bodies'
import { refuseWhileClosing, shedLoad } from '@muster/runtime/http/load-shedding'
import { answerWithProblems, sendProblem } from '@muster/runtime/http/problems'
import { logRequests } from '@muster/runtime/http/request-log'
import { collectRoutes } from '@muster/runtime/http/route-table'
import { serverOptions } from '@muster/runtime/http/server-options'
import { TtlCache } from '@muster/runtime/ttl-cache'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'

async function startServer(t: Test, addRoutes: (app: FastifyInstance) => void = () => undefined) {
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const app: FastifyInstance = Fastify(serverOptions({ logger, sendError: sendProblem }))
  const routes = collectRoutes(app)
  answerWithProblems(app, routes)
  acceptJsonBodies(app)
  logRequests(app)
  refuseWhileClosing(app)
  shedLoad(app)
  answerHealthChecks(app, async () => true)
  addRoutes(app)
  t.teardown(() => app.close())
  return { app, routes, lines }
}

t.test('a cache forgets by age, and the oldest first when it is full', async (t) => {
  let now = 0
  const cache = new TtlCache<string, number>({ milliseconds: 10, entriesMax: 2, now: () => now })
  cache.set('a', 1)
  now = 5
  cache.set('b', 2)
  t.equal(cache.get('a'), 1)
  cache.set('c', 3)
  t.equal(cache.get('a'), undefined, 'the oldest made room, although it was read last')
  now = 14
  t.equal(cache.get('b'), 2, 'reading does not prolong')
  now = 15
  t.equal(cache.get('b'), undefined)
  cache.set('c', 4)
  t.equal(cache.get('c'), 4)
})

t.test('#118 failures are counted by address', async (t) => {
  const limit = new FailureLimit({ failuresMax: 2, windowSeconds: 60, addressesMax: 10 })
  for (let count = 0; count < 2; count++) {
    limit.check('a')
    limit.note('a')
  }
  t.throws(() => limit.check('a'), { code: 'tooManyRequests', retryAfterSeconds: 60 })
  limit.check('b')
})

t.test('bearer credentials', async (t) => {
  t.equal(bearerToken('Bearer abc'), 'abc')
  t.equal(bearerToken('bearer abc'), 'abc')
  for (const text of [undefined, '', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic abc', 'xBearer abc']) {
    t.equal(bearerToken(text), undefined, String(text))
  }
})

t.test('any thrown thing becomes an error of ours, and an unexpected one says nothing', async (t) => {
  const known = new MusterError('conflict', 'x')
  t.equal(toMusterError(known), known)
  for (const thrown of [new Error('secret'), 'secret', null, undefined, { statusCode: 500 }, { statusCode: 302 }]) {
    const error = toMusterError(thrown)
    t.equal(error.code, 'internal')
    t.notMatch(error.detail, /secret/)
  }
  t.equal(toMusterError({ statusCode: 404, message: 'secret' }).code, 'notFound')
  t.equal(toMusterError({ statusCode: 418, message: 'secret' }).code, 'badRequest')
  t.match(toMusterError({ code: 'FST_ERR_HANDLER_TIMEOUT' }), { code: 'unavailable', retryAfterSeconds: 30 })
})

t.test('routes are known by their patterns', async (t) => {
  const { routes } = await startServer(t, (app) => {
    app.get('/things/:id', async () => 'one')
    app.delete('/things/:id', async () => 'gone')
    app.get('/files/*', async () => 'file')
  })
  t.strictSame(routes.methodsAt('/things/1'), ['GET', 'HEAD', 'DELETE'])
  t.strictSame(routes.methodsAt('/files/a/b'), ['GET', 'HEAD'])
  for (const path of ['/things', '/things/', '/things/1/2', '/xthings/1', '/healthz/']) {
    t.strictSame(routes.methodsAt(path), [], path)
  }
})

t.test('#118 a request is logged once, with its path and without its query, body or credentials', async (t) => {
  const { app, lines } = await startServer(t, (app) => {
    app.post('/things', async () => ({}))
  })
  await app.inject({
    method: 'POST',
    url: '/things?email=jane@example.test',
    headers: { authorization: 'Bearer hush' },
    payload: { name: 'Jane' },
  })
  await app.inject({ url: '/healthz' })
  const [line, health, ...more] = lines.map((text) => JSON.parse(text))
  t.strictSame(more, [])
  t.match(line, { level: 30, method: 'POST', path: '/things', status: 200, durationMs: Number, reqId: String })
  t.match(health, { level: 20, path: '/healthz' })
  t.notMatch(lines.join(), /jane|hush|Jane/)
})

t.test('load is shed while the event loop lags again and again, not after a single stall', async (t) => {
  const { app } = await startServer(t, (server) => {
    server.get('/things', async () => [])
  })
  const stall = (milliseconds: number) => {
    const end = performance.now() + milliseconds
    while (performance.now() < end);
  }
  stall(700)
  await delay(50)
  t.equal((await app.inject('/things')).statusCode, 200, 'it is over')
  for (let count = 0; count < 4; count++) {
    stall(700)
    await delay(1)
  }
  const refused = await app.inject('/things')
  t.match(refused, { statusCode: 503, headers: { 'retry-after': '10' } })
  t.match(refused.json(), { code: 'unavailable', detail: /overloaded/ })
  t.equal((await app.inject('/healthz')).statusCode, 200)
})

t.test('while it closes: what is under way is answered, what comes new is sent elsewhere', async (t) => {
  const { app } = await startServer(t, (app) => {
    app.get('/slow', async () => {
      await delay(800)
      return { done: true }
    })
    app.addHook('preClose', () => delay(500))
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  t.equal((await fetch(`${origin}/readyz`)).status, 200)
  const slow = fetch(`${origin}/slow`)
  await delay(100)
  const closed = app.close()
  await delay(20)
  const refused = await fetch(`${origin}/slow`)
  t.equal(refused.status, 503)
  t.equal(refused.headers.get('retry-after'), '10')
  t.match(await refused.json(), { code: 'unavailable', detail: /closing/ })
  t.equal((await fetch(`${origin}/readyz`)).status, 503)
  t.equal((await fetch(`${origin}/healthz`)).status, 200)
  t.strictSame(await (await slow).json(), { done: true })
  const answered = performance.now()
  await closed
  t.ok(performance.now() - answered < 2_000, 'no idle connection holds up the end')
})

t.test('a connection that was opened in advance does not hold up the end', async (t) => {
  const { app } = await startServer(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const accepted = once(app.server, 'connection')
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await accepted
  const ended = once(socket, 'close')
  await app.close()
  await ended
  t.ok(socket.destroyed)
})
