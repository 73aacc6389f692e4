import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { textOf } from '../src/conformance/recording-logger.ts'
import { ConnectorError } from '../src/connector-error.ts'
import { rsaPair } from './support/certificates.ts'
import { failureOf } from './support/failure-of.ts'
import { hear } from './support/hear.ts'
import { openTenant } from './support/open-entra.ts'

/** What a sign-in may answer that is no token. */
const signIns: Record<string, { status: number; body: unknown; headers?: Record<string, string>; code: string }> = {
  'an error without its name, which the library takes for an empty token': {
    status: 400,
    body: { message: 'jane@acme.test' },
    code: 'protocol',
  },
  'success without a token': { status: 200, body: { token_type: 'Bearer', expires_in: 3_599 }, code: 'protocol' },
  'success with an empty token': { status: 200, body: { access_token: '', expires_in: 3_599 }, code: 'protocol' },
  'success with a page': { status: 200, body: '<html>jane@acme.test</html>', code: 'protocol' },
  'a wrong secret': { status: 401, body: said('invalid_client', 7_000_215), code: 'credentials' },
  'an expired secret': { status: 401, body: said('invalid_client', 7_000_222), code: 'credentials' },
  'an unknown app': { status: 400, body: said('unauthorized_client', 700_016), code: 'configuration' },
  'an unknown tenant': { status: 400, body: said('invalid_request', 90_002), code: 'configuration' },
  'conditional access': { status: 400, body: said('invalid_grant', 53_003), code: 'permission' },
  'a number that nobody knows': { status: 401, body: said('invalid_client', 1), code: 'credentials' },
  trouble: { status: 503, body: said('temporarily_unavailable', 90_033), code: 'unavailable' },
  haste: { status: 429, body: '', headers: { 'retry-after': '900' }, code: 'throttled' },
}

function said(error: string, number: number) {
  return { error, error_description: `AADSTS${number}: of jane@acme.test`, error_codes: [number] }
}

t.test('a sign-in without a token is a failure, told by its number and nothing else', async (t) => {
  const answers: { status: number; body: unknown; headers?: Record<string, string> }[] = []
  const server = createServer((_, response) => {
    const { status = 200, body, headers = {} } = answers[0] ?? {}
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => void server.close())
  const loginUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { graph, open, waits } = await openTenant(t)
  for (const [name, { code, ...answer }] of Object.entries(signIns)) {
    answers.unshift(answer)
    const error = await failureOf((await open({ loginUrl })).check())
    t.ok(error instanceof ConnectorError && error.code === code, `${name}: ${error}`)
    t.notMatch(textOf(error), /jane@|fake8Q/, 'and nobody is named')
    const [number] = (answer.body as { error_codes?: number[] }).error_codes ?? []
    if (number !== undefined) t.match(error, { message: new RegExp(`AADSTS${number}`) })
    if (name === 'haste') t.match(error, { retryAfterMilliseconds: 900_000 })
    if (name === 'trouble') t.equal(waits.length, 3, 'the library tries nothing again; we do')
  }
  t.strictSame(graph.asked, [], 'and Graph was not asked')
})

t.test('a token that ends, or is revoked, is replaced once', async (t) => {
  const { graph, directory, open, exchanges } = await openTenant(t, { usersPerPage: 1, tokenLifetimeSeconds: 60 })
  for (const name of ['one', 'two', 'three']) directory.addUser({ userName: `${name}@acme.test` })
  t.equal((await hear((await open()).snapshot())).users.length, 3)
  const signedIn = () => exchanges.filter(({ url }) => new URL(url).pathname.endsWith('/token')).length
  t.ok(signedIn() >= 3, 'one that is about to end is not used')

  const other = await openTenant(t, { usersPerPage: 1 })
  for (const name of ['one', 'two', 'three']) other.directory.addUser({ userName: `${name}@acme.test` })
  let pages = 0
  const connector = await other.open()
  for await (const _ of connector.snapshot()) if (++pages === 2) other.graph.revokeTokens()
  t.equal(other.graph.asked.filter((line) => line.includes('/token')).length, 2)

  await graph.script({ does: { status: 401, body: '' }, at: 1, onwards: true })
  const before = signedIn()
  t.match(await failureOf(hear((await open()).snapshot())), { code: 'credentials' })
  t.equal(signedIn() - before, 2, 'and not for ever')
})

t.test('a certificate signs each token request anew', async (t) => {
  const { certificate, privateKey } = await rsaPair()
  const another = await rsaPair()
  const { directory, open, exchanges, graph } = await openTenant(t, { certificate })
  directory.addUser({ userName: 'jane@acme.test' })
  const openWith = (clientCertificate: string, key: string) =>
    open({ clientSecret: undefined, clientCertificate, privateKey: key })
  const connector = await openWith(certificate, privateKey)
  t.equal((await hear(connector.snapshot())).users.length, 1)
  graph.revokeTokens()
  await connector.check()
  const assertions = exchanges.flatMap(({ call }) => new URLSearchParams(call.body ?? '').get('client_assertion') ?? [])
  t.equal(new Set(assertions).size, 2)
  t.notMatch(JSON.stringify(exchanges), privateKey.split('\n')[1] ?? 'no key')
  const wrong = await openWith(another.certificate, another.privateKey)
  t.match(await failureOf(wrong.check()), { code: 'credentials', message: /AADSTS700027/ })
  await t.rejects(openWith(certificate, another.privateKey), { code: 'invalidValue' })
})

t.test('links stay at Graph, and its tokens too', async (t) => {
  const { graph, directory, open, exchanges } = await openTenant(t)
  directory.addUser({ userName: 'jane@acme.test' })
  for (const link of [
    'https://graph.rival.test/v1.0/users/delta?$skiptoken=x',
    `${graph.origin}@rival.test/`,
    '/users',
  ]) {
    await graph.script({
      at: 1,
      onwards: false,
      does: (answer) => ({ ...answer, body: { value: [], '@odata.nextLink': link } }),
    })
    t.match(await failureOf(hear((await open()).snapshot())), { code: 'protocol' })
  }
  t.notOk(exchanges.some(({ url }) => url.includes('rival')))
  const asked = exchanges.filter(({ url }) => url.includes('/v1.0/'))
  t.ok(asked.every(({ call }) => /^Bearer \S+$/.test(call.headers.authorization ?? '')))
})

t.test('what Graph refuses is told by its code, and by no words of its own', async (t) => {
  const { graph, open, waits } = await openTenant(t)
  const refusals: [number, string, string][] = [
    [403, 'Authorization_RequestDenied', 'permission'],
    [401, 'InvalidAuthenticationToken', 'credentials'],
    [403, 'Authorization_IdentityDisabled', 'credentials'],
    [400, 'Directory_ExpiredPageToken', 'checkpointExpired'],
    [400, 'Request_UnsupportedQuery', 'protocol'],
    [501, 'NotImplemented', 'unavailable'],
    [509, 'BandwidthLimitExceeded', 'throttled'],
    [504, 'UnknownError', 'unavailable'],
  ]
  for (const [status, code, meant] of refusals) {
    const headers = { 'retry-after': '700' }
    await graph.script({
      does: { status, headers, body: { error: { code, message: 'jane@acme.test' } } },
      at: 1,
      onwards: true,
    })
    const error = await failureOf(hear((await open()).snapshot()))
    t.match(error, { code: meant, message: new RegExp(`${status} \\(${code}\\)`) })
    t.notMatch(textOf(error), 'jane')
    if (status > 500) t.match(error, { retryAfterMilliseconds: 700_000 })
  }
  t.strictSame(waits, [], 'and who asks for long is left alone')
  for (const body of ['[]', '{"value":{}}', '{"value":[{"displayName":"no id"}]}', 'null', 'nothing']) {
    await graph.script({ does: { status: 200, body }, at: 1, onwards: true })
    t.match(await failureOf(hear((await open()).snapshot())), { code: 'protocol' }, body)
  }
})

t.test('a tenth of all answers says to wait, and the round is whole', async (t) => {
  const { directory, open, waits } = await openTenant(t, { usersPerPage: 5, throttleEvery: 10, retryAfterSeconds: 3 })
  for (let index = 0; index < 200; index++) directory.addUser({ userName: `u${index}@acme.test` })
  t.equal((await hear((await open()).snapshot())).users.length, 200)
  t.ok(waits.length >= 4 && waits.every((milliseconds) => milliseconds > 2_500), `${waits}`)
})
