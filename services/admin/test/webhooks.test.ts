import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fanOut } from '@muster/repository'
import { fromTypeId } from '@muster/runtime/type-ids'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { addOrganization, type Body, rowsOf, startInstallation } from './support/installation.ts'

const url = 'https://hooks.acme.example/muster?key=geheim'

/** An organization, without the endpoint that test organizations have, and the database behind everybody's back. */
async function openStage(t: Test) {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const superuser = new pg.Client({ connectionString: installation.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  const api = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, key = acme.admin) =>
    installation.call(key, method, `/api/${path}`, body)
  await api('DELETE', `webhooks/${acme.webhookId}`)
  const create = async (more: object = {}) => (await api('POST', 'webhooks', { url, ...more })).body
  return { installation, acme, superuser, api, create, audit: async () => (await api('GET', 'audit?limit=1000')).text }
}

/** A receiver on an address of this machine that answers with a status, and remembers what it got. */
async function openReceiver(t: Test, host: string, status: () => number = () => 200) {
  const received: { headers: IncomingHttpHeaders; body: string }[] = []
  let connections = 0
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    received.push({ headers: request.headers, body })
    response.writeHead(status(), { location: 'http://127.0.0.1/' }).end('an answer that nobody keeps')
  })
  server.on('connection', () => connections++)
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://${host}:${port}/?key=geheim`, port, received, connections: () => connections }
}

t.test('an endpoint is made, shown without what is secret, changed and removed', async (t) => {
  const { installation, acme, superuser, api, audit } = await openStage(t)
  const draft = { url, description: 'Payroll', types: ['user.role_assigned'], directoryId: acme.directoryId }
  const created = await api('POST', 'webhooks', draft)
  t.equal(created.status, 201)
  t.equal(created.headers['cache-control'], 'no-store')
  t.match(created.body, { ...draft, status: 'enabled', disabledReason: null, failuresInARow: 0, pending: 0 })
  t.match(created.body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const events = rowsOf(await api('GET', 'events?limit=1000'))
  t.equal(created.body.sequence, events.at(-1)?.sequence, 'it begins at the end of the log')
  const { secret, ...shown } = created.body
  const path = `webhooks/${created.body.id}`
  const one = await api('GET', path)
  t.strictSame(one.body, shown, 'everything but the secret')
  t.strictSame(rowsOf(await api('GET', 'webhooks')), [one.body])
  t.strictSame((await api('GET', 'webhooks/count')).body, { count: 1 })
  const viewed = await api('GET', path, undefined, acme.viewer)
  t.strictSame(viewed.body, { ...one.body, url: 'https://hooks.acme.example/muster' }, 'the query is not for viewers')
  t.notMatch((await api('GET', 'webhooks', undefined, acme.viewer)).text, /geheim/)

  const { rows } = await superuser.query('SELECT webhook_endpoints::text AS row, sealed_secret FROM webhook_endpoints')
  const plain = Buffer.from(String(secret))
  t.equal(rows.length, 1)
  t.notOk(rows[0].row.includes(plain.toString('hex')), 'the secret is sealed at rest')
  t.notOk(rows[0].row.includes(plain.subarray(6).toString()))
  const raw = Buffer.from(String(secret).slice(6), 'base64')
  t.notOk(rows[0].sealed_secret.includes(raw))

  const changes = { url: 'https://elsewhere.example/?key=geheim', description: '', types: null, directoryId: null }
  const changed = await api('PATCH', path, changes)
  t.match(changed.body, { ...changes, id: created.body.id, createdAt: created.body.createdAt })
  t.match((await api('PATCH', path, { status: 'disabled' })).body, { status: 'disabled', disabledReason: 'manual' })
  t.match((await api('PATCH', path, { status: 'disabled' })).body, { status: 'disabled', disabledReason: 'manual' })
  t.match((await api('PATCH', path, { status: 'enabled' })).body, {
    ...changes,
    status: 'enabled',
    disabledReason: null,
  })
  t.equal((await api('DELETE', path)).status, 204)
  t.equal((await api('GET', path)).status, 404)
  t.equal((await superuser.query("SELECT FROM followers WHERE kind = 'webhook'")).rowCount, 0)
  t.match(await audit(), /webhook\.delete.*webhook\.update.*webhook\.create/s)
  t.notMatch(await audit(), /geheim|elsewhere|whsec_/, 'no address in the trail')
  t.notMatch((await installation.call(acme.admin, 'GET', '/api/events?limit=1000')).text, /geheim|whsec_/)
})

t.test('what is refused, and never repeated', async (t) => {
  const { installation, acme, api, create } = await openStage(t)
  const other = await addOrganization(installation, 'Other')
  const { id } = await create()
  const urls = [
    'http://hooks.acme.example/geheim',
    'https://user:geheim@hooks.acme.example/',
    'https://localhost/geheim',
    'https://169.254.169.254/geheim',
    'https://[::ffff:10.0.0.1]/geheim',
    'http://127.0.0.2/geheim',
    'geheim',
    `https://hooks.acme.example/geheim${'x'.repeat(2_040)}`,
  ]
  for (const refused of urls) {
    for (const answer of [
      await api('POST', 'webhooks', { url: refused }),
      await api('PATCH', `webhooks/${id}`, { url: refused }),
    ]) {
      t.match(answer, { status: 400, body: { code: 'invalidValue' } }, refused.slice(0, 50))
      t.notMatch(answer.text, /geheim/)
    }
  }
  const bodies: [object, RegExp][] = [
    [{ types: ['directory.user.created', 'user.invented'] }, /body.types may name directory\.activated, /],
    [{ types: [] }, /types/],
    [{ types: ['user.role_assigned', 'user.role_assigned'] }, /types/],
    [{ directoryId: other.directoryId }, /there is no such directory/],
    [{ directoryId: 'directory_nonsense' }, /there is no such directory/],
    [{ surprise: true }, /surprise/],
  ]
  for (const [body, expected] of bodies) {
    t.match(await api('POST', 'webhooks', { url, ...body }), { status: 400, body: { detail: expected } })
    t.match(await api('PATCH', `webhooks/${id}`, body), { status: 400, body: { detail: expected } })
  }
  for (const body of [
    {},
    { url, after: -1 },
    { url, after: 1.5 },
    { url, after: 1_000_000 },
    { url, status: 'disabled' },
  ]) {
    t.equal((await api('POST', 'webhooks', body)).status, 400, JSON.stringify(body))
  }
  for (const body of [{ overlapHours: 169 }, { overlapHours: -1 }, { overlapHours: '1' }, { secret: 'mine' }]) {
    t.equal((await api('POST', `webhooks/${id}/rotate-secret`, body)).status, 400, JSON.stringify(body))
  }
  t.equal((await api('POST', `webhooks/${id}/replay`)).status, 400, 'from where?')
  t.equal((await api('GET', `webhooks/${id}/deliveries?state=lost`)).status, 400)
  t.equal((await api('GET', `webhooks/${id}/deliveries?after=x`)).status, 400)

  const many = await Promise.all(Array.from({ length: 30 }, () => api('POST', 'webhooks', { url })))
  const statuses = many.map(({ status }) => status)
  t.equal(statuses.filter((status) => status === 201).length, 19)
  t.equal(statuses.filter((status) => status === 409).length, 11)
  t.match((await api('GET', 'webhooks/count')).body, { count: 20 })
  const page = await api('GET', 'webhooks?limit=12')
  const rest = await api('GET', `webhooks?limit=12&after=${page.body.nextCursor}`)
  t.equal(new Set([...rowsOf(page), ...rowsOf(rest)].map((row) => row.id)).size, 20)
  t.equal(rest.body.nextCursor, null)
  t.equal(rowsOf(await api('GET', 'webhooks', undefined, other.admin)).length, 1, 'of nobody else')
  t.equal((await api('POST', 'webhooks', { url }, acme.viewer)).status, 403)
})

t.test('secrets are exchanged while both sign', async (t) => {
  const { api, create, superuser } = await openStage(t)
  const receiver = await openReceiver(t, '127.0.0.1')
  const created = await create({ url: receiver.url })
  const path = `webhooks/${created.id}`
  const accepts = (secret: unknown) => {
    const last = receiver.received.at(-1)
    const headers = last?.headers as Record<string, string>
    try {
      new Webhook(String(secret)).verify(last?.body ?? '', headers)
      return true
    } catch {
      return false
    }
  }
  const sendTest = async () => {
    const { body } = await api('POST', `${path}/test`)
    t.match(body, { delivered: true, status: 200, error: null, durationMilliseconds: Number })
  }
  await sendTest()
  t.ok(accepts(created.secret))
  const rotated = await api('POST', `${path}/rotate-secret`)
  t.equal(rotated.headers['cache-control'], 'no-store')
  const { secret: second, previousSecretExpiresAt } = rotated.body
  t.match(second, /^whsec_/)
  t.not(second, created.secret)
  const hours = (Date.parse(String(previousSecretExpiresAt)) - Date.now()) / 3_600_000
  t.ok(hours > 23.9 && hours <= 24, 'a day without being told otherwise')
  t.equal((await api('GET', path)).body.previousSecretExpiresAt, previousSecretExpiresAt)
  await sendTest()
  t.strictSame([created.secret, second].map(accepts), [true, true], 'receivers may have either')
  const { secret: third } = (await api('POST', `${path}/rotate-secret`, { overlapHours: 1 })).body
  await sendTest()
  t.strictSame([created.secret, second, third].map(accepts), [false, true, true])
  await superuser.query("UPDATE webhook_endpoints SET previous_expires_at = now() - interval '1 second'")
  await sendTest()
  t.strictSame([second, third].map(accepts), [false, true], 'its time is over')
  t.equal((await api('GET', path)).body.previousSecretExpiresAt, null)
  const last = (await api('POST', `${path}/rotate-secret`, { overlapHours: 0 })).body
  t.equal(last.previousSecretExpiresAt, null)
  await sendTest()
  t.strictSame([third, last.secret].map(accepts), [false, true], 'a secret that leaked ends at once')
})

t.test('a test message says what an endpoint would say', async (t) => {
  const { api, create, superuser, audit, acme } = await openStage(t)
  let status = 200
  const receiver = await openReceiver(t, '127.0.0.1', () => status)
  const hidden = await openReceiver(t, '127.0.0.2')
  const { id } = await create({ url: receiver.url, types: ['token.expiring'] })
  const sendTest = async () => (await api('POST', `webhooks/${id}/test`, {})).body
  const events = (await api('GET', 'events?limit=1000')).text

  t.match(await sendTest(), { delivered: true, status: 200, error: null })
  const [message] = receiver.received
  const body = JSON.parse(message?.body ?? '')
  t.match(body, {
    ...{ type: 'webhook_endpoint.test', organizationId: acme.id, directoryId: null, sequence: 0 },
    ...{ cause: { kind: 'api' }, data: { endpoint: { id } } },
  })
  t.match(message?.headers, { 'webhook-id': body.id, 'content-type': 'application/json' })
  status = 503
  t.match(await sendTest(), { delivered: false, status: 503, error: 'status' })
  status = 302
  t.match(await sendTest(), { delivered: false, status: 302, error: 'redirect' })
  status = 410
  t.match(await sendTest(), { delivered: false, status: 410, error: 'gone' })
  t.match((await api('GET', `webhooks/${id}`)).body, { status: 'enabled', failuresInARow: 0 }, 'it changes nothing')
  await api('PATCH', `webhooks/${id}`, { url: 'http://127.0.0.1:1/' })
  t.match(await sendTest(), { delivered: false, status: null, error: 'connect' })
  await api('PATCH', `webhooks/${id}`, { url: `https://127.0.0.1:${receiver.port}/` })
  t.match(await sendTest(), { delivered: false, status: null, error: 'tls' })

  // What an operator allowed once, or a name whose address became private.
  for (const address of [hidden.url, `https://127.0.0.2:${hidden.port}/`, `https://[::ffff:7f00:2]:${hidden.port}/`]) {
    await superuser.query('UPDATE webhook_endpoints SET url = $1', [address])
    t.match(await sendTest(), { delivered: false, status: null, error: 'addressRefused' })
  }
  t.equal(hidden.connections(), 0, 'nothing arrived')

  await api('PATCH', `webhooks/${id}`, { url: receiver.url, status: 'disabled' })
  status = 200
  t.match(await sendTest(), { delivered: true }, 'also while it is disabled')
  const eleventh = await api('POST', `webhooks/${id}/test`)
  t.equal(eleventh.status, 429)
  t.equal(eleventh.headers['retry-after'], '60')
  const { id: another } = await create({ url: receiver.url })
  t.match((await api('POST', `webhooks/${another}/test`)).body, { delivered: true }, 'of another endpoint')
  t.equal((await audit()).match(/"webhook\.test"/g)?.length, 11)
  t.notMatch(await audit(), /geheim/)
  t.equal((await api('GET', 'events?limit=1000')).text, events, 'no event')
  t.equal((await superuser.query('SELECT FROM webhook_deliveries')).rowCount, 0)
})

t.test('the log of deliveries, one more time, and all from somewhere on', async (t) => {
  const { installation, acme, superuser, api, create, audit } = await openStage(t)
  const { id } = await create({ after: 0 })
  const path = `webhooks/${id}`
  const spread = () =>
    fanOut(installation.database, {
      kind: 'webhook',
      organizationId: fromTypeId('organization', acme.id) ?? '',
      followerId: fromTypeId('webhookEndpoint', id) ?? '',
    })
  await spread()
  const log = rowsOf(await api('GET', 'events?limit=1000'))
  t.ok(log.length > 5)
  const list = rowsOf(await api('GET', `${path}/deliveries?limit=1000`))
  const expected = log.map(({ id: eventId, type, sequence }) => ({ eventId, type, sequence, state: 'pending' }))
  t.match(list, expected.toReversed(), 'all that is in the log, the newest first')
  t.match((await api('GET', path)).body, { pending: log.length, sequence: log.at(-1)?.sequence })

  const walked: Body[] = []
  for (let after: unknown = ''; after !== null; ) {
    const page = await api('GET', `${path}/deliveries?limit=2${after && `&after=${after}`}`, undefined, acme.viewer)
    walked.push(...rowsOf(page))
    after = page.body.nextCursor
  }
  t.strictSame(walked, list)

  const attempts = [
    { at: '2026-01-01T00:00:00.000Z', durationMilliseconds: 3, status: 500, error: 'status' },
    { at: '2026-01-01T00:00:05.000Z', durationMilliseconds: 4, status: 200, error: null },
  ]
  await superuser.query(
    `UPDATE webhook_deliveries SET state = CASE WHEN sequence = 1 THEN 'failed' ELSE 'delivered' END, attempts = $1,
      attempt_count = 2, next_attempt_at = NULL, finished_at = now()`,
    [JSON.stringify(attempts)],
  )
  const failed = rowsOf(await api('GET', `${path}/deliveries?state=failed`))
  t.match(failed, [{ sequence: 1, state: 'failed', lastAttempt: attempts[1], nextAttemptAt: null, finishedAt: String }])
  for (const [state, count] of [
    ['failed', 1],
    ['delivered', log.length - 1],
    ['pending', 0],
  ] as const) {
    t.strictSame((await api('GET', `${path}/deliveries/count?state=${state}`)).body, { count }, state)
  }
  t.strictSame((await api('GET', `${path}/deliveries/count`)).body, { count: log.length })
  const eventPath = `${path}/deliveries/${log[0]?.id}`
  const detail = await api('GET', eventPath, undefined, acme.viewer)
  t.match(detail.body, { eventId: log[0]?.id, type: log[0]?.type, state: 'failed', attempts })

  const again = await api('POST', `${eventPath}/redeliver`)
  t.equal(again.status, 202)
  t.match(again.body, { eventId: log[0]?.id, state: 'pending', finishedAt: null, nextAttemptAt: String })
  t.match((await api('GET', path)).body, { pending: 1 })

  const from = Number(log.at(-4)?.sequence)
  const replayed = await api('POST', `${path}/replay`, { after: from })
  t.equal(replayed.status, 202)
  t.match(replayed.body, { id, url, sequence: from })
  await spread()
  t.match((await api('GET', path)).body, { pending: 4, sequence: log.at(-1)?.sequence })
  t.match((await api('POST', `${path}/replay`, { after: 1_000_000 })).body, { sequence: log.at(-1)?.sequence })
  t.match(await audit(), /webhook\.replay.*webhook\.redeliver/s)

  const late = await create({ after: from, types: ['directory.user.created'] })
  t.equal(late.sequence, from)
})

t.test('an endpoint that moves is tried at once', async (t) => {
  const { installation, acme, superuser, api, create } = await openStage(t)
  const { id } = await create({ after: 0 })
  const followerId = fromTypeId('webhookEndpoint', id) ?? ''
  const organizationId = fromTypeId('organization', acme.id) ?? ''
  await fanOut(installation.database, { kind: 'webhook', organizationId, followerId })
  await superuser.query(
    `UPDATE webhook_endpoints SET failures_in_a_row = 12, failing_since = now(), retry_at = now() + interval '1 day'`,
  )
  await superuser.query(
    "UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 day' WHERE next_attempt_at IS NOT NULL",
  )
  const later = async () =>
    (await superuser.query("SELECT FROM webhook_deliveries WHERE next_attempt_at > now() + interval '1 hour'")).rowCount
  t.match((await api('GET', `webhooks/${id}`)).body, { failuresInARow: 12, retryAt: String, failingSince: String })
  await api('PATCH', `webhooks/${id}`, { description: 'Still there', url })
  t.match((await api('GET', `webhooks/${id}`)).body, { failuresInARow: 12 }, 'the same address')
  t.ok(Number(await later()) > 0)
  const moved = await api('PATCH', `webhooks/${id}`, { url: 'https://elsewhere.example/' })
  t.match(moved.body, { failuresInARow: 0, retryAt: null, failingSince: null })
  t.equal(await later(), 0)
  const jobs = 'SELECT FROM graphile_worker.jobs WHERE task_identifier = $1 AND key = $2 AND run_at <= now()'
  t.equal((await superuser.query(jobs, ['deliver_webhooks', `deliver:${followerId}`])).rowCount, 1)
})
