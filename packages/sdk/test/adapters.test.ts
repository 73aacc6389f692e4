import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import Fastify from 'fastify'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { expressHandler } from '../src/adapters/express.ts'
import { fastifyReceiver } from '../src/adapters/fastify.ts'
import { createClient } from '../src/index.ts'
import { createdEvent } from './support/samples.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

function setUp() {
  const client = createClient({ url: 'http://127.0.0.1:1', key: 'k', secrets: [secret], onError: () => undefined })
  const calls: (string | null)[] = []
  client.on('directory.user.created', ({ user }) => calls.push(user.email))
  return { receiver: client.handler(), calls }
}

const body = JSON.stringify(createdEvent(1, 'zoë'), null, 2)

function post(url: string, text = body, type = 'application/json'): Promise<Response> {
  const timestamp = new Date()
  return fetch(url, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': type,
      'webhook-id': 'event_1',
      'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('event_1', timestamp, body),
    },
  })
}

async function listen(t: Test, app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/muster`
}

t.test('express', async (t) => {
  const { receiver, calls } = setUp()
  const plain = express()
  plain.post('/muster', expressHandler(receiver))
  plain.use(express.json())
  plain.post('/other', (request, response) => {
    response.json(request.body)
  })
  const url = await listen(t, plain)
  t.equal((await post(url)).status, 204)
  t.same(calls, ['zoë@acme.test'])
  t.equal((await post(url, `${body} `)).status, 401, 'every byte counts')
  t.equal((await post(url, 'x'.repeat(6 * 1024 * 1024))).status, 413)
  t.same(await (await post(url.replace('muster', 'other'), '{"a":1}')).json(), { a: 1 })

  const raw = express()
  raw.post('/muster', express.raw({ type: '*/*' }), expressHandler(setUp().receiver))
  t.equal((await post(await listen(t, raw))).status, 204, 'behind a parser that keeps the bytes')

  const parsed = express()
  let said = ''
  parsed.use(express.json())
  parsed.post('/muster', expressHandler(receiver))
  parsed.use((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
    said = error.message
    response.status(500).end()
  })
  t.equal((await post(await listen(t, parsed))).status, 500)
  t.match(said, /before express\.json\(\)/)
})

t.test('fastify', async (t) => {
  const { receiver, calls } = setUp()
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(fastifyReceiver, { path: '/muster', receiver })
  app.post('/other', async (request) => request.body)
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/muster`
  t.equal((await post(url)).status, 204)
  t.same(calls, ['zoë@acme.test'])
  t.equal((await post(url, body, 'text/plain')).status, 204, 'of any type, and handled once')
  t.equal(calls.length, 1)
  t.equal((await post(url, `${body} `)).status, 401)
  t.equal((await post(url, 'x'.repeat(6 * 1024 * 1024))).status, 413)
  t.same(await (await post(url.replace('muster', 'other'), '{"a":1}')).json(), { a: 1 }, 'other routes are as before')
})
