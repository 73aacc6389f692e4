import type { FakeDeed } from '@muster/testkit/fake-http'
import t, { type Test } from 'tap'
import { samplePopulation } from '../src/conformance/index.ts'
import { createPace } from '../src/http/pace.ts'
import type { OktaConfig } from '../src/okta/config.ts'
import { nextPath } from '../src/okta/next-path.ts'
import { mindLimit, untilReset } from '../src/okta/rate-limit.ts'
import { hear, hearDelta } from './support/hear.ts'
import { openOkta } from './support/open-okta.ts'
import type { Exchange } from './support/source-context.ts'

const client = {
  clientId: '0oaFakeClient',
  keyId: 'key-1',
  scopes: ['okta.users.read', 'okta.groups.read', 'okta.logs.read'],
}

async function openApp(
  t: Test,
  more: Partial<typeof client> & { requiresProof?: boolean; tokenSeconds?: number } = {},
) {
  const opened = await openOkta(t, { client: { ...client, ...more } })
  opened.fake.directory.populate(samplePopulation(13))
  const { server, origin } = opened.fake
  const config = {
    domain: origin,
    clientId: client.clientId,
    privateKey: server?.privateKey ?? '',
    keyId: client.keyId,
    pageSize: 5,
  }
  const open = (changes: Partial<OktaConfig> = {}) => opened.open({ apiToken: undefined, ...config, ...changes })
  return { ...opened, config, server, open }
}

/** How each request for data says who asks. */
const authorizationsIn = (exchanges: readonly Exchange[]) =>
  exchanges.flatMap(({ call }) => new Headers(call.headers).get('authorization') ?? [])

const tokenRequests = (asked: readonly string[]) => asked.filter((request) => request.includes('/oauth2/')).length

t.test('every 429 is waited for as long as it says, and a while when it does not', async (t) => {
  const { fake, open, waits } = await openOkta(t)
  fake.directory.populate(samplePopulation(2))
  const now = Math.ceil(Date.now() / 1_000)
  const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
  const at = String(Date.parse(date) / 1_000 + 20)
  const answers: Record<string, { headers: Record<string, string>; from: number; to: number }> = {
    nothing: { headers: {}, from: 250, to: 501 },
    'a reset by the clock of Okta': { headers: { 'x-rate-limit-reset': at, date }, from: 19_000, to: 22_000 },
    'a reset and no date': { headers: { 'x-rate-limit-reset': String(now + 20), date: '' }, from: 15_000, to: 23_000 },
    'a reset that is past': { headers: { 'x-rate-limit-reset': '1', date }, from: 250, to: 501 },
    'two resets': { headers: { 'x-rate-limit-reset': `${at}, ${at}`, date }, from: 250, to: 501 },
    'Retry-After': { headers: { 'retry-after': '7' }, from: 6_900, to: 7_800 },
  }
  for (const [name, { headers, from, to }] of Object.entries(answers)) {
    waits.splice(0)
    await fake.script({ at: 2, onwards: false, does: { status: 429, headers, body: { errorCode: 'E0000047' } } })
    t.equal((await hear((await open()).snapshot())).complete, 'all', name)
    t.equal(fake.struck(), 1)
    t.ok(waits.length > 0 && waits.every((wait) => wait >= from && wait <= to), `${name}: ${waits}`)
  }
})

t.test('what the SDK gives up on is tried again, and every request has an end', async (t) => {
  const { fake, open, exchanges } = await openOkta(t)
  fake.directory.populate(samplePopulation(2))
  const deeds: FakeDeed[] = ['reset', 'truncate', { status: 500, body: {} }, { status: 503, body: '' }]
  for (const does of deeds) {
    await fake.script({ at: 2, onwards: false, does })
    t.equal((await hear((await open()).snapshot())).complete, 'all')
    t.equal(fake.struck(), 1)
  }
  t.strictSame([...new Set(exchanges.map(({ call }) => call.timeoutMilliseconds))], [60_000])
})

t.test('a rest is taken when little of the limit is left, and not for what says nothing of it', async (t) => {
  const rested: number[] = []
  const pace = {
    ...createPace({ signal: new AbortController().signal, onThrottled: () => undefined }),
    rest: (wait: number) => void rested.push(wait),
  }
  const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
  const answer = (limit: string, remaining: string, seconds: number) => ({
    status: 200,
    body: '',
    headers: {
      date,
      'x-rate-limit-limit': limit,
      'x-rate-limit-remaining': remaining,
      'x-rate-limit-reset': String(Date.parse(date) / 1_000 + seconds),
    },
  })
  for (const [limit, remaining] of [
    ['600', '60'],
    ['0', '0'],
    ['600, 600', '1'],
    ['600', ''],
  ] as const) {
    mindLimit(answer(limit, remaining, 30), pace)
  }
  t.strictSame(rested, [])
  mindLimit(answer('600', '59', 30), pace)
  t.strictSame(rested, [30_000])
  t.equal(untilReset(answer('600', '59', -5)), undefined)
})

t.test('next pages are where the organization is', async (t) => {
  const { fake, open } = await openOkta(t)
  fake.directory.populate(samplePopulation(2))
  const link = '<https://elsewhere.test/api/v1/users?after=x>; rel="next"'
  await fake.script({ at: 2, onwards: true, does: (answer) => ({ ...answer, headers: { ...answer.headers, link } }) })
  await t.rejects(hear((await open()).snapshot()), { code: 'protocol', message: /not its own/ })
  const origin = 'https://acme.okta.com'
  const path = '/api/v1/users?filter=a%20eq%20%221,2%22&after=x'
  const links = [
    [`<${origin}/self>; rel="self", <${origin}${path}>; rel="next"`, path],
    [`<${origin}${path}>;rel=next`, path],
    [`<${origin}/self>; rel="self"`, undefined],
    ['', undefined],
  ] as const
  for (const [text, next] of links) t.equal(nextPath({ headers: { link: text } }, origin), next, text)
  for (const does of [{ body: { users: [] } }, { body: '<html>' }, { body: [{ status: 'ACTIVE' }] }]) {
    await fake.script({ at: 2, onwards: true, does })
    await t.rejects(hear((await open()).snapshot()), { code: 'protocol' })
  }
  for (const [status, code] of [
    [301, 'configuration'],
    [404, 'configuration'],
    [400, 'protocol'],
  ] as const) {
    await fake.script({ at: 2, onwards: true, does: { status, body: '' } })
    await t.rejects(hear((await open()).snapshot()), { code }, String(status))
  }
})

t.test('an app reads with tokens, got once for all who ask, and again when they end', async (t) => {
  const { fake, open, exchanges } = await openApp(t)
  const connector = await open()
  t.equal((await hear(connector.snapshot())).users.length, 13)
  t.equal(tokenRequests(fake.asked), 1)
  t.ok(authorizationsIn(exchanges).every((header) => header.startsWith('Bearer ')))
  fake.server?.revoke()
  t.equal((await connector.check()).userCount, 13, 'one that was revoked is replaced')
  t.equal(tokenRequests(fake.asked), 2)
})

t.test('an app proves that it has its key where that is asked for', async (t) => {
  const { fake, open, exchanges } = await openApp(t, { requiresProof: true })
  t.equal((await hear((await open()).snapshot())).users.length, 13)
  const seen = authorizationsIn(exchanges)
  t.ok(seen.length > 3 && seen.every((header) => header.startsWith('DPoP ')))
  t.equal(tokenRequests(fake.asked), 3, 'without a proof, with one, with one for the nonce')
})

t.test('an app without the System Log reads everything each time', async (t) => {
  const { open } = await openApp(t, { scopes: ['okta.users.read', 'okta.groups.read'] })
  const connector = await open()
  t.match((await connector.check()).warnings.join(), /System Log/)
  const { checkpoint } = await hear(connector.snapshot())
  await t.rejects(hearDelta(connector, checkpoint), { code: 'checkpointExpired' })
})

t.test('a refusal is no token, and says nothing that is secret', async (t) => {
  const { open, exchanges } = await openApp(t, { scopes: ['okta.users.read'] })
  await t.rejects((await open()).check(), { code: 'permission', message: /400 \(invalid_scope\)/ })
  const other = await openApp(t)
  await t.rejects((await open({ privateKey: other.config.privateKey })).check(), { code: 'credentials' })
  await t.rejects((await open({ keyId: 'another' })).check(), { code: 'credentials' })
  t.strictSame(authorizationsIn(exchanges), [], 'nothing is asked for with what is no token')
})
