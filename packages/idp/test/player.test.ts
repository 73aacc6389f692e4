import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { play } from '../src/player.ts'
import { renderReport } from '../src/render-report.ts'
import type { Report } from '../src/report.ts'
import type { Transcript } from '../src/transcript.ts'
import { sample } from './sample-transcript.ts'
import { type Faults, type LoggedChange, startDouble } from './scim-double.ts'

/** The entries that failed, as `section name: difference`. */
function failures(report: Report): string[] {
  return report.entries
    .filter(({ outcome }) => outcome === 'failed')
    .flatMap(({ section, name, differences }) => differences.map((difference) => `${section} ${name}: ${difference}`))
}

async function playWith(t: Test, faults: Faults, transcript: Transcript = sample): Promise<Report> {
  const { target } = await startDouble(t, faults)
  return play(transcript, target)
}

t.test('a server that does what it should passes, run after run on one directory', async (t) => {
  const { target, received } = await startDouble(t)
  const first = await play(sample, target)
  const second = await play(sample, target)
  t.strictSame(failures(first), [])
  t.ok(first.ok)
  t.strictSame(failures(second), [], 'the second run reads only its own events')
  t.not(first.run, second.run)
  t.strictSame(
    first.entries.map(({ section }) => section),
    [...Array(6).fill('step'), 'resource', ...Array(5).fill('event'), 'user'],
  )
  t.ok(first.entries.every(({ section, request }) => request || section === 'event' || section === 'user'))

  const lookUp = received.find(({ url }) => url.includes('filter'))
  t.equal(lookUp?.url, `/scim/1/v2/Users?flag&filter=userName+eq+%22ann.${first.run}%22`)
  t.match(lookUp?.headers, { authorization: 'Bearer scim-token', 'user-agent': 'sample client' })
  t.notOk(lookUp?.headers['content-type'], 'a request without body has no content type')
  const removal = received.filter(({ method }) => method === 'PATCH')[1]
  t.match(removal?.headers, { 'content-type': 'application/scim+json' })
  t.match(removal?.body, { Operations: [{ op: 'Remove', value: [{ $ref: null, value: String }] }] })
})

t.test('without a management API the report says what was not looked at', async (t) => {
  const { target, received } = await startDouble(t)
  const report = await play(sample, { scimBaseUrl: target.scimBaseUrl, token: target.token })
  t.ok(report.ok)
  t.match(report.entries.at(-1), {
    outcome: 'skipped',
    differences: ['5 events and 1 people not compared: no management API given'],
  })
  t.notOk(received.some(({ url }) => url.startsWith('/api/')))
})

t.test('it notices a wrong answer', async (t) => {
  const cases: { name: string; fault: NonNullable<Faults['answer']>; failure: RegExp }[] = [
    {
      name: 'status',
      fault: ({ method }, answer) => (method === 'PATCH' ? { ...answer, status: 200 } : answer),
      failure: /^step add both: status: expected 204, got 200$/,
    },
    {
      name: 'a body where none belongs',
      fault: ({ method }, answer) => (method === 'POST' ? { ...answer, body: 'Created' } : answer),
      failure: /^step create ann: body: expected JSON, got "Created"$/,
    },
    {
      name: 'media type',
      fault: ({ url }, answer) =>
        url.includes('filter') ? { ...answer, headers: { 'content-type': 'application/json' } } : answer,
      failure: /^step look up ann: header content-type: expected application\/scim\+json, got application\/json$/,
    },
    {
      name: 'charset',
      fault: (_, answer) => ({ ...answer, headers: { 'content-type': 'application/scim+json; charset=latin1' } }),
      failure: /^step look up ann: header content-type: expected utf-8, got charset=latin1$/,
    },
    {
      name: 'missing header',
      fault: (_, answer) => ({ ...answer, headers: { 'content-type': 'application/scim+json' } }),
      failure: /^step create ann: header location: expected something ending in "\/Users\/.+", got nothing$/,
    },
    {
      name: 'wrong member list',
      fault: ({ method, url }, answer) =>
        method === 'GET' && url.includes('/Groups/')
          ? { ...answer, body: { members: [{ value: 'somebody else', type: 'User' }] } }
          : answer,
      failure: /^resource ann is the only member: body\.members: unexpected element \{"value":"somebody else"/,
    },
    {
      name: 'a redirect is not followed',
      fault: ({ url }, answer) =>
        url.includes('filter') ? { status: 307, headers: { location: '/scim/1/v2/Users' } } : answer,
      failure: /^step look up ann: status: expected 200, got 307$/,
    },
    {
      name: 'wrong person',
      fault: ({ url }, answer) =>
        url.startsWith('/api/users') ? { ...answer, body: { username: 'x', state: 'active' } } : answer,
      failure: /^user ann: user\.username: expected "ann\..+", got "x"$/,
    },
    {
      name: 'person that is not to be had',
      fault: ({ url }, answer) => (url.startsWith('/api/users') ? { ...answer, status: 404 } : answer),
      failure: /^user ann: GET \/api\/users\/.+ answered 404 instead of 200/,
    },
  ]
  for (const { name, fault, failure } of cases) {
    const report = await playWith(t, { answer: fault })
    t.notOk(report.ok, name)
    t.ok(
      failures(report).some((line) => failure.test(line)),
      name,
      { failures: failures(report) },
    )
  }
})

t.test('it notices a wrong log', async (t) => {
  const without = (index: number) => (events: LoggedChange[]) => events.toSpliced(index, 1)
  const alter = (index: number, change: Partial<LoggedChange>) => (events: LoggedChange[]) =>
    events.map((event, place) => (place === index ? { ...event, ...change } : event))
  const [added, removed] = ['directory.group.user_added', 'directory.group.user_removed']
  const cases: { name: string; log: NonNullable<Faults['log']>; expected: RegExp[] }[] = [
    { name: 'missing', log: without(4), expected: [/user_removed: expected in this place, but not in the log/] },
    {
      name: 'extra',
      log: (events) => [...events, ...events.slice(4, 5).map((event) => ({ ...event, sequence: 6, type: 'surprise' }))],
      expected: [/^event surprise: in the log, but not expected in this place$/],
    },
    {
      name: 'out of order',
      log: (events) => alter(3, { type: removed })(alter(4, { type: added })(events)),
      expected: [/expected in this place, but not in the log/, /in the log, but not expected in this place/],
    },
    {
      name: 'a wrong set of users',
      log: (events) =>
        alter(3, { data: { ...events[3]?.data, userIds: [...((events[3]?.data.userIds as string[]) ?? []), 'x'] } })(
          events,
        ),
      expected: [/user_added: event\.data\.userIds: unexpected element "x"/],
    },
    {
      name: 'another directory',
      log: (events) => (events.length > 0 ? alter(0, { directoryId: 'directory_2' })(events) : events),
      expected: [/created: event\.directoryId: expected "directory_1", got "directory_2"/],
    },
    {
      name: 'not caused by SCIM',
      log: (events) => (events.length > 0 ? alter(0, { cause: { kind: 'sync', id: 'run_1' } })(events) : events),
      expected: [/created: event\.cause\.kind: expected "scim", got "sync"/],
    },
    {
      name: 'sequence that does not rise',
      log: (events) => (events.length > 0 ? alter(1, { sequence: 1 })(events) : events),
      expected: [/created: sequence 1 after 1/],
    },
    {
      name: 'no data to capture from',
      log: (events) => (events.length > 0 ? alter(0, { data: {} })(events) : events),
      expected: [
        /created: nothing to capture at user\.id for \{\{annPerson\}\}/,
        /user_added: \{\{annPerson\}\} has no value: nothing captured it/,
        /^user ann: \{\{annPerson\}\} has no value/,
      ],
    },
  ]
  for (const { name, log, expected } of cases) {
    const report = await playWith(t, { log })
    t.notOk(report.ok, name)
    for (const line of expected)
      t.ok(
        failures(report).some((failure) => line.test(failure)),
        `${name}: ${line}`,
        { failures: failures(report) },
      )
  }
})

t.test('a lost capture fails its step and is never sent as text', async (t) => {
  const { target, received } = await startDouble(t, {
    answer: ({ method, url }, answer) =>
      method === 'POST' && url.includes('/Groups') ? { ...answer, body: { displayName: 'no id' } } : answer,
  })
  const report = await play(sample, target)
  const failed = failures(report)
  t.ok(failed.includes('step create the group: nothing to capture at id for {{teamId}}'))
  t.ok(failed.includes('step add both: {{teamId}} has no value: nothing captured it'))
  t.equal(report.entries.find(({ name }) => name === 'add both')?.got, 'not sent')
  t.notOk(received.some(({ url, body }) => `${url}${JSON.stringify(body)}`.includes('{{')))
})

t.test('a step may come without the token, and may be too slow', async (t) => {
  const { target, received } = await startDouble(t)
  const [first, ...others] = sample.steps
  if (!first) throw new Error('The sample has no steps')
  const { capture: _, ...bare } = { ...first, name: 'nobody', expect: { status: 201 } }
  const anonymous = { ...bare, body: { userName: 'nobody.{{run}}' }, authorization: null }
  const steps = [
    first,
    { ...anonymous },
    { ...anonymous, name: 'somebody else', authorization: 'non-token' },
    ...others,
  ]
  await play({ ...sample, steps }, target)
  const creates = received.filter(({ method, url }) => method === 'POST' && url.includes('/Users'))
  t.strictSame(
    creates.slice(0, 3).map(({ headers }) => headers.authorization),
    ['Bearer scim-token', undefined, 'non-token'],
  )

  const slow = { ...first, expect: { ...first.expect, withinMs: 0 } }
  const report = await play({ ...sample, steps: [slow, ...others] }, target)
  t.match(failures(report)[0], /^step create ann: time: expected 0 ms at most, got \d+ ms$/)
})

t.test('silence is bounded, and ends the sending', async (t) => {
  const { target, received } = await startDouble(t, {
    answer: ({ url, method }, answer) => (method === 'GET' && url.includes('filter') ? undefined : answer),
  })
  const started = performance.now()
  const report = await play(sample, { ...target, requestTimeoutMs: 150 })
  t.ok(performance.now() - started < 2_000)
  t.match(failures(report)[0], /^step look up ann: GET http.+ got no answer: timed out$/)
  t.match(failures(report)[1], /^step create the group: not sent: an earlier request got no answer$/)
  t.notOk(received.some(({ method, url }) => method === 'POST' && url.includes('/Groups')))
})

t.test('a log that cannot be read before the run stops it, one that cannot be read after it fails it', async (t) => {
  const broken = { status: 200, headers: { 'content-type': 'application/json' }, body: { data: 'none' } }
  const before = await startDouble(t, { answer: ({ url }, answer) => (url.startsWith('/api/') ? broken : answer) })
  const report = await play(sample, before.target)
  t.strictSame(failures(report), [
    'transcript a readable event log before the run: The event log answered without a list in "data"',
  ])
  t.notOk(
    before.received.some(({ method }) => method === 'POST'),
    'nothing was changed',
  )

  const stuck = await playWith(t, {
    answer: ({ url }, answer) => {
      const { body } = answer
      if (!url.startsWith('/api/events') || typeof body !== 'object' || !body.nextCursor) return answer
      return { ...answer, body: { ...body, nextCursor: '0' } }
    },
  })
  t.ok(
    failures(stuck).includes(
      'event a readable event log after the run: The event log answered with a cursor that does not advance',
    ),
  )
})

t.test('a server that is not there, a target that cannot be used', async (t) => {
  const { target } = await startDouble(t)
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const nowhere = await play(sample, { scimBaseUrl: `http://127.0.0.1:${port}/scim`, token: 'x' })
  t.notOk(nowhere.ok)
  t.match(failures(nowhere)[0], /ECONNREFUSED/)
  await t.rejects(play(sample, { ...target, token: '' }), { code: 'badRequest' })
  await t.rejects(play(sample, { ...target, scimBaseUrl: 'https://host/scim?flag' }), { code: 'badRequest' })
  await t.rejects(play(sample, { ...target, events: { ...target.events, adminUrl: 'admin' } }), { code: 'badRequest' })
})

t.test('a transcript that proves nothing fails', async (t) => {
  const { resources, events } = sample.finalState
  const cases: [Partial<Transcript>, string][] = [
    [{ steps: [] }, 'it has no steps'],
    [{ finalState: { resources: [], events } }, 'its final state looks at no resource'],
    [{ finalState: { resources } as never }, 'its final state says nothing about events'],
    [{ finalState: undefined as never }, 'its final state looks at no resource'],
  ]
  for (const [change, defect] of cases) {
    const report = await playWith(t, {}, { ...sample, ...change })
    t.notOk(report.ok)
    t.ok(failures(report).includes(`transcript a usable transcript: ${defect}`))
  }
})

t.test('the rendered report shows every line, the differences of a failure, and no token', async (t) => {
  const { target } = await startDouble(t, {
    answer: ({ method }, answer) => (method === 'PATCH' ? { ...answer, status: 200 } : answer),
  })
  const report = await play(sample, target)
  const text = renderReport(report)
  t.match(text, /^sample \(sample dialect\), run [0-9a-f]{12}\n/)
  t.match(text, /\nok +step +create ann +POST \/scim\/1\/v2\/Users +201 +201\n/)
  t.match(text, /\nFAILED +step +add both .*\n +- status: expected 204, got 200\n +request +PATCH http/)
  t.match(text, /\nFAILED: 11 of 13 in \d+ ms\n$/)
  t.notMatch(text, /scim-token|admin-key/)
  t.notMatch(JSON.stringify(report), /scim-token|admin-key/)
})
