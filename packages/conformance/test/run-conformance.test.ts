import t, { type Test } from 'tap'
import {
  type ConformanceReport,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderTable,
  runConformance,
} from '../src/index.ts'
import { startFaulty } from './faulty-server.ts'

type Fault = NonNullable<Parameters<typeof startFaulty>[1]>

async function tryWith(t: Test, only: string, fault?: Fault) {
  const faulty = await startFaulty(t, fault)
  const report = await runConformance(faulty.target, { profile: 'rfc', only, timeoutMs: 500 })
  return { ...faulty, report }
}

/** The results of one title. */
function resultOf({ results }: ConformanceReport, title: RegExp) {
  const result = results.find((one) => title.test(one.title))
  if (result === undefined) throw new Error(`No check is called ${title}`)
  return result
}

t.test('a server that is right passes, and nothing is left on it', async (t) => {
  const { report, users, deletions } = await tryWith(t, '45')
  t.match(report, { conformant: true, profile: 'rfc', interrupted: false, counts: { MUST: { passed: 1, failed: 0 } } })
  t.equal(report.baseUrl.endsWith('/scim/v2'), true, 'a slash at the end does not matter')
  t.equal(users.size, 0)
  t.equal(deletions.length, 1)
})

t.test('a wrong answer is told with expectation, request and answer', async (t) => {
  const { report, users } = await tryWith(t, '45', ({ method }, reply) =>
    method === 'POST' && reply.status === 409 ? { ...reply, status: 400 } : undefined,
  )
  t.equal(report.conformant, false)
  const { outcome, failure, source } = resultOf(report, /duplicate/)
  t.match({ outcome, source }, { outcome: 'failed', source: 'RFC 7644 §3.3' })
  t.match(failure, { expected: 'status 409', got: '400', exchange: { method: 'POST', path: '/Users', status: 400 } })
  t.match(failure?.exchange?.body, /"userName":"user-/)
  t.equal(users.size, 0, 'after a failure everything is removed as well')
})

t.test('what is wrong with an error is noticed', async (t) => {
  const cases: [what: string, body: unknown, expected: RegExp][] = [
    ['status as a number', { status: 409, scimType: 'uniqueness' }, /"409" as status/],
    ['no schema', { schemas: [], status: '409' }, /Error"\] as schemas/],
    ['an invented scimType', { status: '409', scimType: 'duplicate' }, /scimType of invalidFilter/],
    ['no scimType', { status: '409', scimType: undefined }, /scimType uniqueness/],
  ]
  for (const [what, body, expected] of cases) {
    const { report } = await tryWith(t, '45', (_, reply) =>
      reply.status === 409 ? { ...reply, body: { ...Object(reply.body), ...Object(body) } } : undefined,
    )
    t.match(resultOf(report, /duplicate/).failure?.expected, expected, what)
  }
  const { report } = await tryWith(t, '45', (_, reply) =>
    reply.status === 409 ? { ...reply, headers: { 'content-type': 'text/html' } } : undefined,
  )
  t.match(resultOf(report, /duplicate/).failure, { got: 'text/html' })
})

t.test('what a server does not advertise is skipped, with the reason', async (t) => {
  const { report } = await tryWith(t, '66,83,100')
  for (const result of report.results.filter(({ title }) => !/obeyed or ignored/.test(title))) {
    t.match(result, { outcome: 'skipped', reason: /does not offer (sorting|PATCH|bulk)/ })
  }
})

t.test('a failed SHOULD is a warning, and a run that only skips is not conformant', async (t) => {
  const warned = await tryWith(t, '3', ({ path }) => (path === '/ServiceProviderConfig' ? { status: 404 } : undefined))
  t.match(warned.report.counts.SHOULD, { failed: 1 })
  const { report } = await tryWith(t, '46')
  t.ok(report.counts.MUST.failed > 0 && !report.conformant)
  const skipped = await tryWith(t, '107')
  t.notOk(skipped.report.conformant)
})

t.test('silence is bounded, and what was made before it is removed', async (t) => {
  const { report, users } = await tryWith(t, '45', ({ method }, reply) =>
    method === 'POST' && reply.status === 409 ? 'silence' : undefined,
  )
  t.match(resultOf(report, /duplicate/), { outcome: 'failed', reason: /no answer: timed out/ })
  t.equal(users.size, 0)
})

t.test('what cannot be removed is named', async (t) => {
  const { report } = await tryWith(t, '45', ({ method }) => (method === 'DELETE' ? { status: 500 } : undefined))
  t.match(resultOf(report, /duplicate/).left, [/^\/Users\//])
  t.match(renderTable(report, { width: 80, colours: false }), /could not remove \/Users\//)
})

t.test('interrupted, it stops, cleans up and says so', async (t) => {
  const { target, users } = await startFaulty(t)
  const interruption = new AbortController()
  const report = await runConformance(target, {
    profile: 'rfc',
    only: '44-46',
    signal: interruption.signal,
    onResult: (_, done) => done === 2 && interruption.abort(),
  })
  t.ok(report.interrupted)
  t.equal(report.results.length, 2)
  t.equal(users.size, 0)
})

t.test('a server that cannot be tried is no report', async (t) => {
  const { target } = await startFaulty(t)
  const run = (changes: Partial<typeof target>, choice = {}) =>
    runConformance({ ...target, ...changes }, { profile: 'rfc', only: '45', ...choice })
  await t.rejects(run({ baseUrl: 'http://127.0.0.1:9/scim/v2' }), { code: 'unavailable' })
  await t.rejects(run({ token: 'wrong' }), { code: 'unauthenticated' })
  await t.rejects(run({ baseUrl: target.baseUrl.replace('v2', 'elsewhere') }), { code: 'unavailable' })
  await t.rejects(run({}, { only: 'all' }), { code: 'badRequest' })
  await t.rejects(run({}, { only: '110' }), { code: 'badRequest' })
  await t.rejects(run({}, { level: 'maybe' }), { code: 'badRequest' })
})

t.test('levels and points choose, several checks run at once', async (t) => {
  const { target, users } = await startFaulty(t)
  const report = await runConformance(target, { profile: 'rfc', only: '44-46,49', level: 'must', parallel: 4 })
  t.ok(report.results.length > 3)
  t.ok(report.results.every(({ level }) => level === 'MUST'))
  const numbers = report.results.map(({ points }) => points[0])
  t.same(numbers, numbers.toSorted(), 'in the order of the checklist, whoever ends first')
  t.equal(users.size, 0)
  const all = await runConformance(target, { profile: 'compatible', only: '44', parallel: 2 })
  t.ok(all.results.some(({ level }) => level === 'OURS'))
})

t.test('every rendering tells the failure, and none the token', async (t) => {
  const { report, target } = await tryWith(t, '44-46,83,99')
  const plain = renderTable(report, { width: 60, colours: false })
  const renderings = [plain, renderJson(report), renderMarkdown(report), renderJunit(report)]
  for (const text of renderings) {
    t.notOk(text.includes(target.token))
    t.match(text, /what is missing, of the/)
    t.match(text, /RFC 7644 §3.12/)
  }
  t.ok(
    plain.split('\n').every((line) => line.length <= 66),
    'the table keeps to its width',
  )
  t.notOk(plain.includes('\u001B'))
  t.match(plain, /✗ #46[\s\S]*expected[\s\S]*– #83[\s\S]*! #99/)
  t.match(plain, /✗ not conformant: \d+ failures?, \d+ warnings? in \d+ checks/)
  t.ok(renderTable(report, { width: 200, colours: true }).includes('\u001B[31m✗\u001B[0m'))
  t.same(JSON.parse(renderJson(report)), JSON.parse(JSON.stringify(report)))
  t.match(renderJunit(report), /<testsuites [^>]*failures="[1-9]/)
  t.equal(renderJunit(report).match(/<testcase /g)?.length, report.results.length)
})
