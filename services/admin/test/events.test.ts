import { setTimeout as delay } from 'node:timers/promises'
import { transact } from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { followEvents } from '../src/events/follow-events.ts'
import { addOrganization, type Body, rowsOf, startInstallation } from './support/installation.ts'
import { listen, messagesOf, superuserOf, take } from './support/stream.ts'

t.test('the stream: what was, then what comes, each as the log shows it', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const [acme, other] = [await addOrganization(installation, 'Acme'), await addOrganization(installation, 'Other')]
  const open = await listen(installation)
  const log = async (query = '') => rowsOf(await call(acme.viewer, 'GET', `/api/events${query}`))
  const before = await log()
  const stream = await open(acme.viewer, '/api/events/stream')
  t.match(stream, { status: 200 })
  t.equal(stream.headers.get('content-type'), 'text/event-stream')
  t.equal(stream.headers.get('cache-control'), 'no-store')
  t.equal(stream.headers.get('x-accel-buffering'), 'no')
  const messages = messagesOf(stream)
  const shown = (event: Body) => ({ id: String(event.sequence), event: event.type, data: JSON.stringify(event) })
  t.strictSame(await take(messages, before.length), before.map(shown))

  const renamed = await open(acme.viewer, `/api/events/stream?types=directory.user.updated&after=${before.length}`)
  const ofOther = await open(acme.viewer, `/api/events/stream?directoryId=${other.directoryId}`)
  const ofOtherMessages = messagesOf(ofOther)
  const begun = performance.now()
  await call(acme.admin, 'PATCH', `/api/users/${acme.userId}`, { firstName: 'Renamed' })
  await call(other.admin, 'PATCH', `/api/users/${other.userId}`, { firstName: 'Not for Acme' })
  const [message] = await take(messages, 1)
  t.ok(performance.now() - begun < 5_000, 'soon after the commit')
  const after = await log(`?after=${before.length}`)
  t.strictSame(message, after.map(shown)[0])
  t.strictSame(
    await take(messagesOf(renamed), 1),
    after.filter(({ type }) => type === 'directory.user.updated').map(shown),
  )
  const nothing = await Promise.race([ofOtherMessages.next(), delay(500, 'nothing')])
  t.equal(nothing, 'nothing', 'a directory of somebody else has no events')
  for (const one of [stream, renamed, ofOther]) one.end()

  const resumed = await open(acme.viewer, '/api/events/stream?after=0', { 'last-event-id': String(before.length - 1) })
  t.strictSame(
    (await take(messagesOf(resumed), 1))[0]?.id,
    String(before.length),
    'Last-Event-ID counts, not the address',
  )
  resumed.end()
  for (const [path, headers] of [
    ['?after=-1', {}],
    ['?types=unknown', {}],
    ['?directoryId=unknown', {}],
    ['', { 'last-event-id': 'a1' }],
  ] as const) {
    const answer = await open(acme.viewer, `/api/events/stream${path}`, headers)
    t.match(await answer.json(), { status: 400 }, `${path} ${JSON.stringify(headers)}`)
  }
})

t.test('a stream ends: the log is shorter, the process closes', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const superuser = await superuserOf(t, installation)
  const open = await listen(installation)
  const last = rowsOf(await installation.call(acme.viewer, 'GET', '/api/events?limit=1000')).length
  const stream = await open(acme.viewer, `/api/events/stream?after=${last}`)
  const messages = messagesOf(stream)
  await superuser.query('DELETE FROM events WHERE sequence <= $1', [last])
  for (const path of ['/api/events?after=0', '/api/events/stream', `/api/events/stream?after=${last - 1}`]) {
    const answer = await open(acme.viewer, path)
    t.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    t.match(await answer.json(), {
      status: 410,
      code: 'gone',
      detail: new RegExp(`number ${last + 1}\\..*/api/events/snapshot`),
    })
  }
  t.equal((await installation.call(acme.viewer, 'GET', `/api/events?after=${last}`)).status, 200)
  const organizationId = (await superuser.query('SELECT organization_id FROM event_sequences ORDER BY 1')).rows[0]
    ?.organization_id
  // Two numbers were dropped before this stream came to them.
  await superuser.query('UPDATE event_sequences SET last_sequence = last_sequence + 2 WHERE organization_id = $1', [
    organizationId,
  ])
  const [end] = await take(messages, 1)
  t.match(end, { event: 'error', id: undefined })
  t.match(JSON.parse(end?.data ?? ''), { status: 410, code: 'gone' })
  t.match(await messages.next(), { done: true })

  const another = messagesOf(await open(acme.viewer, `/api/events/stream?after=${last + 2}`))
  const pending = another.next()
  await delay(200)
  const begun = performance.now()
  await installation.app.close()
  t.match(await pending, { done: true }, 'cleanly')
  t.ok(performance.now() - begun < 5_000, 'the process does not wait for streams')
})

t.test('a stream that nothing happens on: a sign of life, and a look at the key', async (t) => {
  const { database, ...installation } = await startInstallation(t)
  const acme = await addOrganization({ database, ...installation }, 'Acme')
  const scope = await installation.scopeOf(acme.id)
  const [written, asked]: [string[], number[]] = [[], []]
  const watched = { last: 1_000, beyond: async () => undefined, release: () => undefined }
  const filter = { types: undefined, directoryId: undefined }
  const isStillAdmitted = async () => asked.push(written.length) < 3
  // Every look at the clock finds it 16 seconds on.
  let now = 0
  t.intercept(performance, 'now', { value: () => (now += 16_000) })
  const following = { database, scope, filter, after: 1_000, watched, isStillAdmitted }
  await followEvents(following)(async (text) => void written.push(text), new AbortController().signal)
  const error = written.pop()
  t.match(error, /^event: error\ndata: \{.*"code":"unauthenticated".*\}\n\n$/)
  t.equal(written.shift(), 'retry: 1000\n\n')
  t.strictSame(new Set(written), new Set([':\nid: 1000\n\n']), 'with how far it has come')
  t.ok(asked.length === 3 && written.length > 6, 'asked now and then, not every time')
})

t.test('so many streams at the same time, and slow readers', async (t) => {
  const installation = await startInstallation(t)
  const [acme, other] = [await addOrganization(installation, 'Acme'), await addOrganization(installation, 'Other')]
  const open = await listen(installation)
  const streams = await Promise.all(Array.from({ length: 10 }, () => open(acme.viewer, '/api/events/stream')))
  t.ok(streams.every(({ status }) => status === 200))
  const refused = await open(acme.viewer, '/api/events/stream')
  t.match(await refused.json(), { status: 429, code: 'tooManyRequests' })
  t.equal(refused.headers.get('retry-after'), '30')
  const free = await open(other.viewer, '/api/events/stream')
  t.equal(free.status, 200, 'another organization is not concerned')
  streams.pop()?.end()
  const again = async () => {
    const answer = await open(acme.viewer, '/api/events/stream')
    if (answer.status === 200) streams.push(answer)
    else await answer.text()
    return answer.status
  }
  const deadline = Date.now() + 20_000
  while ((await again()) !== 200 && Date.now() < deadline) await delay(20)
  t.equal(streams.length, 10, 'who goes makes room')

  // 40 MB that nobody reads yet: what is not read is not loaded.
  const scope = await installation.scopeOf(acme.id)
  const big = {
    type: 'directory.activated',
    directoryId: null,
    subjectId: newUuid(),
    data: { text: 'x'.repeat(50_000) },
  } as const
  for (let count = 0; count < 8; count++) {
    await transact(installation.database, scope, { kind: 'system', id: 'test' }, async (tx) =>
      tx.append(Array.from({ length: 100 }, () => big)),
    )
  }
  await delay(300)
  const slow = streams[0] as Response
  const last = rowsOf(await installation.call(acme.viewer, 'GET', '/api/events?limit=1000')).length
  const read = await take(messagesOf(slow), last)
  t.same(
    read.map(({ id }) => Number(id)),
    Array.from({ length: last }, (_, index) => index + 1),
    'everything, once, in order',
  )
  for (const stream of [...streams, free]) stream.end()
})

t.test('a snapshot: everything at one moment, and where to go on', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const other = await addOrganization(installation, 'Other')
  const open = await listen(installation)
  const answer = await open(acme.viewer, '/api/events/snapshot')
  t.equal(answer.headers.get('content-type'), 'application/x-ndjson')
  const lines = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const events = rowsOf(await call(acme.viewer, 'GET', '/api/events?limit=1000'))
  const groups = rowsOf(await call(acme.viewer, 'GET', '/api/groups'))
  const users = rowsOf(await call(acme.viewer, 'GET', '/api/users'))
  t.match(lines[0], { kind: 'start', sequence: events.at(-1)?.sequence, organizationId: acme.id, timestamp: /Z$/ })
  t.strictSame(lines.slice(1), [
    ...groups.map((group) => ({ kind: 'group', group })),
    ...users.map((user) => ({ kind: 'user', user })),
    { kind: 'end', groups: groups.length, users: users.length },
  ])
  t.ok(users.length === 2 && groups.length === 1)

  const scope = await installation.scopeOf(other.id)
  await transact(installation.database, scope, { kind: 'system', id: 'test' }, ({ db }) =>
    db
      .updateTable('users')
      // Two of these are more than kernels hold of an answer that nobody reads: 36 MiB where they hold most.
      .set({ metadata: JSON.stringify({ long: 'x'.repeat(24_000_000) }) })
      .where('organization_id', '=', scope.organizationId)
      .execute(),
  )
  const held = await Promise.all([
    open(other.viewer, '/api/events/snapshot'),
    open(other.viewer, '/api/events/snapshot'),
  ])
  const third = await open(acme.viewer, '/api/events/snapshot')
  t.match(await third.json(), { status: 503, code: 'unavailable' })
  t.equal(third.headers.get('retry-after'), '30')
  for (const one of held) one.end()
  const superuser = await superuserOf(t, installation)
  const idle = () =>
    superuser.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'muster' AND state LIKE 'idle in%'`,
    )
  const until = async (holds: () => Promise<boolean>) => {
    const deadline = Date.now() + 20_000
    while (Date.now() < deadline) {
      if (await holds()) return true
      await delay(20)
    }
    return false
  }
  t.ok(await until(async () => (await idle()).rowCount === 0), 'who goes leaves no transaction behind')
  const isGiven = async () =>
    (await open(acme.viewer, '/api/events/snapshot')).text().then((text) => text.includes('"end"'))
  t.ok(await until(isGiven), 'and makes room')
})
