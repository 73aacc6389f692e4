import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutbound, type Outbound, type OutboundCall } from '@muster/runtime/outbound/outbound'
import { type GoogleRefusal, googleKey, googleRefusal } from '@muster/testkit/fake-google'
import { startFakeHttp } from '@muster/testkit/fake-http'
import t, { type Test } from 'tap'
import { textOf } from '../src/conformance/recording-logger.ts'
import type { ConnectorFailure } from '../src/connector-error.ts'
import type { GoogleConfig } from '../src/google/config.ts'
import { google } from '../src/google/definition.ts'
import { failsAs, googleBench, readAll } from './support/open-google.ts'

/** Files of packages that are loaded. */
const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).map((file) => file.split('/node_modules/').at(-1) ?? file)

/** What a machine may have of another tenant, for everything that asks it. */
async function poisonMachine(t: Test, trap: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'google-home-'))
  const key = { type: 'service_account', client_email: 'other@rival.test', private_key: googleKey('other').pem }
  await mkdir(join(home, '.config/gcloud'), { recursive: true })
  const file = join(home, '.config/gcloud/application_default_credentials.json')
  await writeFile(file, JSON.stringify({ ...key, quota_project_id: 'rival', universe_domain: 'rival.test' }))
  const poison = {
    HOME: home,
    CLOUDSDK_CONFIG: join(home, '.config/gcloud'),
    GOOGLE_APPLICATION_CREDENTIALS: file,
    GOOGLE_CLOUD_UNIVERSE_DOMAIN: 'rival.test',
    GOOGLE_CLOUD_QUOTA_PROJECT: 'rival',
    GOOGLE_CLOUD_PROJECT: 'rival',
    GCLOUD_PROJECT: 'rival',
    GCE_METADATA_HOST: trap.replace('http://', ''),
    GOOGLE_API_USE_CLIENT_CERTIFICATE: 'true',
    GOOGLE_SDK_NODE_LOGGING: '*',
    ...Object.fromEntries(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map((name) => [name, trap])),
  }
  const before = Object.fromEntries(Object.keys(poison).map((name) => [name, process.env[name]]))
  Object.assign(process.env, poison)
  t.teardown(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await rm(home, { recursive: true })
  })
}

// Before the SDK is loaded, which looks around then.
const trap = await startFakeHttp({ answer: () => ({ status: 500 }), isPlace: () => false })
t.teardown(() => trap.close())
await poisonMachine(t, trap.origin)

t.test('the SDK is loaded when it is needed, and only of the one API', async (t) => {
  t.strictSame(
    loaded().filter((file) => /google/.test(file)),
    [],
    'nothing of it is loaded by the definition',
  )
  const { open } = await googleBench(t)
  await open()
  const apis = loaded().filter((file) => file.startsWith('googleapis/build/src/'))
  t.ok(apis.some((file) => file.endsWith('admin/directory_v1.js')))
  t.strictSame(
    apis.filter((file) => !file.startsWith('googleapis/build/src/apis/admin/')),
    [],
  )
})

/** What is written to the output of the process from now on. */
function overhear(t: Test): string[] {
  const said: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const { write } = stream
    stream.write = ((text: string | Uint8Array, ...rest: never[]) => {
      said.push(String(text))
      return write.call(stream, text, ...rest)
    }) as typeof write
    t.teardown(() => Object.assign(stream, { write }))
  }
  return said
}

t.test('nothing is taken from the machine', async (t) => {
  const said = overhear(t)
  const { fake, open } = await googleBench(t)
  fake.directory.addUser({ userName: 'jane@acme.test' })
  const calls: { url: string; call: OutboundCall }[] = []
  const real = createOutbound({ allowedHosts: ['127.0.0.1'] })
  t.teardown(() => real.close())
  const outbound: Outbound = {
    ...real,
    send: async (url, call) => {
      calls.push({ url, call })
      return await real.send(url.replace(/^https:\/\/(admin|oauth2)\.googleapis\.com(?=\/)/, fake.origin), call)
    },
  }
  const { apiUrl: _api, tokenUrl: _token, ...config } = fake.config
  const connector = await google.open(config, {
    outbound,
    signal: new AbortController().signal,
    logger: { error: () => undefined } as never,
    onThrottled: () => undefined,
  })
  t.equal((await readAll(connector.snapshot())).users.length, 1)
  t.strictSame(
    [...new Set(calls.map(({ url }) => new URL(url).origin))],
    ['https://oauth2.googleapis.com', 'https://admin.googleapis.com'],
  )
  t.strictSame(trap.asked, [], 'no proxy and no metadata server was asked')
  for (const { call } of calls) {
    const names = Object.keys(call.headers).map((name) => name.toLowerCase())
    t.notOk(names.includes('accept-encoding'), 'answers come unpacked: the way out unpacks none')
    t.notOk(names.includes('x-goog-user-project'))
  }
  const token = /Bearer (\S+)/.exec(calls.at(-1)?.call.headers.authorization ?? '')?.[1] ?? ''
  t.match(token, /^ya29\./)
  t.notOk(
    said.some((text) => text.includes(token)),
    'and no log has the token',
  )
  const { privateKey } = fake.config
  for (const missing of [
    { ...fake.config, privateKey: 'none' },
    { ...fake.config, serviceAccountEmail: 'x@y.test' },
  ]) {
    const error = await open(missing).then(
      (other) => other.check().catch((thrown: unknown) => thrown),
      (thrown: unknown) => thrown,
    )
    t.match(error, { code: /^(invalidValue|credentials)$/ }, 'what is wrong is not made good from elsewhere')
    t.notOk(textOf(error).includes(privateKey))
  }
})

t.test('retries are ours alone, also those of the request for a token', async (t) => {
  const { fake, open, waits } = await googleBench(t)
  fake.directory.addUser({ userName: 'jane@acme.test' })
  await fake.script({ at: 1, onwards: true, does: googleRefusal('backendError') })
  await failsAs(t, readAll((await open()).snapshot()), 'unavailable')
  t.equal(fake.struck(), 4, 'the SDK would have asked four times as often')
  t.equal(waits.length, 3)
  const server = await startFakeHttp({ answer: () => ({ status: 503 }), isPlace: () => true })
  t.teardown(() => server.close())
  await failsAs(t, (await open({ tokenUrl: `${server.origin}/token` })).check(), 'unavailable', 'no token')
  t.equal(server.asked.length, 4)
  for (const reason of ['userRateLimitExceeded', 'quotaExceeded', 'rateLimitExceeded'] as const) {
    await fake.script({ at: 1, onwards: false, does: googleRefusal(reason) })
    t.equal((await readAll((await open()).snapshot())).users.length, 1, `${reason} is waited for`)
  }
  waits.splice(0)
  const asked = { ...googleRefusal('rateLimitExceeded'), headers: { 'retry-after': '7' } }
  await fake.script({ at: 1, onwards: false, does: asked })
  await readAll((await open()).snapshot())
  t.ok(waits.length > 0 && waits.every((milliseconds) => milliseconds > 6_000), `as long as was asked for: ${waits}`)
  const often = await googleBench(t, { throttleEvery: 3 })
  for (let index = 0; index < 20; index++) often.fake.directory.addGroup({ name: `G${index}` })
  t.equal((await readAll((await often.open()).snapshot())).groups.length, 20)
})

t.test('refusals say what they mean, by Google’s codes and never in its words', async (t) => {
  const { fake, open } = await googleBench(t)
  fake.directory.addUser({ userName: 'jane@acme.test' })
  const meanings: Partial<Record<GoogleRefusal, ConnectorFailure>> = {
    authError: 'credentials',
    insufficientPermissions: 'permission',
    forbidden: 'permission',
    accessNotConfigured: 'permission',
    invalid: 'configuration',
    notFound: 'configuration',
    conditionNotMet: 'unavailable',
    dailyLimitExceeded: 'throttled',
  }
  for (const [reason, code] of Object.entries(meanings) as [GoogleRefusal, ConnectorFailure][]) {
    const { body, status } = googleRefusal(reason)
    const text = JSON.stringify(body).replaceAll(/"message":"[^"]*"/g, '"message":"jane@acme.test"')
    await fake.script({ at: 1, onwards: true, does: { status: status ?? 0, body: text } })
    const error = await failsAs(t, readAll((await open()).snapshot()), code, reason)
    t.match(error.message, reason)
    t.notMatch(textOf(error), 'jane@acme.test')
    t.notMatch(textOf(error), 'ya29')
    if (reason === 'dailyLimitExceeded') t.equal(fake.struck(), 1, 'nothing is asked again on the same day')
  }
  for (const body of ['<html>', '[]', 'null', '{"users":[]}', '{"kind":"admin#directory#users","users":{}}']) {
    await fake.script({ at: 1, onwards: true, does: { status: 200, body } })
    await failsAs(t, readAll((await open()).snapshot()), 'protocol', body)
  }
})

t.test('a token is refused for many reasons', async (t) => {
  const { fake, open } = await googleBench(t)
  const cases: [string, Partial<GoogleConfig>, ConnectorFailure, RegExp][] = [
    ['another key', { privateKey: googleKey('other').pem }, 'credentials', /invalid_grant/],
    ['nobody', { delegatedAdminEmail: 'nobody@acme.test' }, 'credentials', /invalid_grant/],
    ['another account', { serviceAccountEmail: 'other@fake.test' }, 'credentials', /invalid_client/],
  ]
  for (const [words, config, code, message] of cases) {
    t.match((await failsAs(t, (await open(config)).check(), code, words)).message, message)
  }
  const escaped = fake.config.privateKey.replaceAll('\n', '\\n')
  t.match(await (await open({ privateKey: escaped })).check(), { userCount: 0 }, 'a key as it stands in the key file')
  fake.delegated.delete('https://www.googleapis.com/auth/admin.directory.group.member.readonly')
  t.match((await failsAs(t, (await open()).check(), 'permission')).message, /unauthorized_client.*delegation/)

  let answer: object = { body: { token_type: 'Bearer', expires_in: 3_599 } }
  const server = await startFakeHttp({ answer: () => answer, isPlace: () => false })
  t.teardown(() => server.close())
  const elsewhere = { tokenUrl: `${server.origin}/token` }
  await failsAs(t, (await open(elsewhere)).check(), 'protocol', 'an answer without a token')
  const late = new Date(Date.now() - 600_000).toUTCString()
  answer = {
    status: 400,
    headers: { date: late },
    body: { error: 'invalid_grant', error_description: 'jane@acme.test' },
  }
  const error = await failsAs(t, (await open(elsewhere)).check(), 'credentials', 'a wrong clock')
  t.match(error.message, /clock here is 10 min ahead/)
  t.notMatch(error.message, 'jane')
})

t.test('a token that is taken back is asked for anew, once', async (t) => {
  const { fake, open } = await googleBench(t, { pageSizes: { users: 2 } })
  for (let index = 0; index < 6; index++) fake.directory.addUser({ userName: `u${index}@acme.test` })
  const connector = await open()
  let read = 0
  for await (const { upsert } of connector.snapshot()) {
    read += upsert.length
    if (read === 2) fake.revokeTokens()
  }
  t.equal(read, 6)
  t.equal(fake.tokensIssued(), 2)
  await fake.script({ at: 1, onwards: true, does: googleRefusal('authError') })
  await failsAs(t, readAll(connector.snapshot()), 'credentials')
  t.equal(fake.struck(), 2)
})

t.test(
  'a page that has expired begins its list anew when a round is resumed, and ends one that is under way',
  async (t) => {
    const { fake, open } = await googleBench(t, { pageSizes: { users: 2, groups: 2 } })
    for (let index = 0; index < 5; index++) fake.directory.addUser({ userName: `u${index}@acme.test` })
    for (let index = 0; index < 5; index++) fake.directory.addGroup({ name: `G${index}` })
    const { pages } = await readAll((await open()).snapshot())
    fake.expirePageTokens()
    const [first] = pages
    const again = await readAll((await open()).snapshot(first?.checkpoint))
    t.strictSame([again.users.length, again.groups.length], [5, 5], 'all users, and the groups')
    const behindUsers = pages.find(({ upsert }) => upsert.some(({ kind }) => kind === 'group'))
    fake.expirePageTokens()
    const groups = await readAll((await open()).snapshot(behindUsers?.checkpoint))
    t.strictSame([groups.users.length, groups.groups.length], [0, 5], 'the groups alone')
    const connector = await open()
    const half = (async () => {
      for await (const _ of connector.snapshot()) fake.expirePageTokens()
    })()
    await failsAs(t, half, 'checkpointExpired')
    const end = await readAll((await open()).snapshot(pages.at(-2)?.checkpoint))
    t.strictSame([end.users.length, end.groups.length, end.pages.length], [0, 0, 1], 'nothing is left to read')
    const elsewhere = await open({ domain: 'admin.test' })
    await failsAs(t, readAll(elsewhere.snapshot(first?.checkpoint)), 'checkpointExpired', 'of another domain')
  },
)

t.test('a configuration that cannot work is refused by the name of its field', async (t) => {
  const { fake } = await googleBench(t)
  const wrong: [keyof GoogleConfig, string][] = [
    ['privateKey', '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----'],
    ['customerId', 'C0123'],
    ['apiUrl', 'ftp://elsewhere.test'],
    ['apiUrl', 'https://elsewhere.test/path'],
    ['tokenUrl', 'secret'],
    ['tokenUrl', 'https://elsewhere.test/?secret=1'],
  ]
  for (const [field, value] of wrong) {
    const assert = () => google.assertConfig?.({ ...fake.config, [field]: value })
    t.throws(assert, { code: 'invalidValue', detail: new RegExp(`^\`${field}\` (?!.*(secret|elsewhere|C0123))`) })
  }
})
