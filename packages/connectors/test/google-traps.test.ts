import { type GoogleRefusal, googleKey, googleRefusal } from '@muster/testkit/fake-google'
import { startFakeHttp } from '@muster/testkit/fake-http'
import t from 'tap'
import { textOf } from '../src/conformance/recording-logger.ts'
import type { ConnectorFailure } from '../src/connector-error.ts'
import type { GoogleConfig } from '../src/google/config.ts'
import { google } from '../src/google/definition.ts'
import { failsAs } from './support/failure-of.ts'
import { hear } from './support/hear.ts'
import { openAccount } from './support/open-google.ts'

t.test('retries are ours alone, also those of the request for a token', async (t) => {
  const { fake, open, waits } = await openAccount(t)
  fake.directory.addUser({ userName: 'jane@acme.test' })
  await fake.script({ at: 1, onwards: true, does: googleRefusal('backendError') })
  await failsAs(t, hear((await open()).snapshot()), 'unavailable')
  t.equal(fake.struck(), 4, 'the SDK would have asked four times as often')
  t.equal(waits.length, 3)
  const server = await startFakeHttp({ answer: () => ({ status: 503 }), isPlace: () => true })
  t.teardown(() => server.close())
  await failsAs(t, (await open({ tokenUrl: `${server.origin}/token` })).check(), 'unavailable', 'no token')
  t.equal(server.asked.length, 4)
  for (const reason of ['userRateLimitExceeded', 'quotaExceeded', 'rateLimitExceeded'] as const) {
    await fake.script({ at: 1, onwards: false, does: googleRefusal(reason) })
    t.equal((await hear((await open()).snapshot())).users.length, 1, `${reason} is waited for`)
  }
  waits.splice(0)
  const asked = { ...googleRefusal('rateLimitExceeded'), headers: { 'retry-after': '7' } }
  await fake.script({ at: 1, onwards: false, does: asked })
  await hear((await open()).snapshot())
  t.ok(waits.length > 0 && waits.every((milliseconds) => milliseconds > 6_000), `as long as was asked for: ${waits}`)
  const often = await openAccount(t, { throttleEvery: 3 })
  for (let index = 0; index < 20; index++) often.fake.directory.addGroup({ name: `G${index}` })
  t.equal((await hear((await often.open()).snapshot())).groups.length, 20)
})

t.test('refusals say what they mean, by Google’s codes and never in its words', async (t) => {
  const { fake, open } = await openAccount(t)
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
    const error = await failsAs(t, hear((await open()).snapshot()), code, reason)
    t.match(error.message, reason)
    t.notMatch(textOf(error), 'jane@acme.test')
    t.notMatch(textOf(error), 'ya29')
    if (reason === 'dailyLimitExceeded') t.equal(fake.struck(), 1, 'nothing is asked again on the same day')
  }
  for (const body of ['<html>', '[]', 'null', '{"users":[]}', '{"kind":"admin#directory#users","users":{}}']) {
    await fake.script({ at: 1, onwards: true, does: { status: 200, body } })
    await failsAs(t, hear((await open()).snapshot()), 'protocol', body)
  }
})

t.test('a token is refused for many reasons', async (t) => {
  const { fake, open } = await openAccount(t)
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
  const { fake, open } = await openAccount(t, { pageSizes: { users: 2 } })
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
  await failsAs(t, hear(connector.snapshot()), 'credentials')
  t.equal(fake.struck(), 2)
})

t.test(
  'a page that has expired begins its list anew when a round is resumed, and ends one that is under way',
  async (t) => {
    const { fake, open } = await openAccount(t, { pageSizes: { users: 2, groups: 2 } })
    for (let index = 0; index < 5; index++) fake.directory.addUser({ userName: `u${index}@acme.test` })
    for (let index = 0; index < 5; index++) fake.directory.addGroup({ name: `G${index}` })
    const { pages } = await hear((await open()).snapshot())
    fake.expirePageTokens()
    const [first] = pages
    const again = await hear((await open()).snapshot(first?.checkpoint))
    t.strictSame([again.users.length, again.groups.length], [5, 5], 'all users, and the groups')
    const behindUsers = pages.find(({ upsert }) => upsert.some(({ kind }) => kind === 'group'))
    fake.expirePageTokens()
    const groups = await hear((await open()).snapshot(behindUsers?.checkpoint))
    t.strictSame([groups.users.length, groups.groups.length], [0, 5], 'the groups alone')
    const connector = await open()
    const half = (async () => {
      for await (const _ of connector.snapshot()) fake.expirePageTokens()
    })()
    await failsAs(t, half, 'checkpointExpired')
    const end = await hear((await open()).snapshot(pages.at(-2)?.checkpoint))
    t.strictSame([end.users.length, end.groups.length, end.pages.length], [0, 0, 1], 'nothing is left to read')
    const elsewhere = await open({ domain: 'admin.test' })
    await failsAs(t, hear(elsewhere.snapshot(first?.checkpoint)), 'checkpointExpired', 'of another domain')
  },
)

t.test('a configuration that cannot work is refused by the name of its field', async (t) => {
  const { fake } = await openAccount(t)
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
