import type { Database } from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { newSecretKey } from '@muster/runtime/secret-box'
import { generateToken } from '@muster/runtime/tokens'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { createPollerClient } from '../src/syncs/poller-client.ts'
import { addOrganization, pepper, scimBaseUrl, startInstallation } from './support/installation.ts'

const json = { 'content-type': 'application/json' }

t.test('every refusal is a problem document that names the member, never the value', async (t) => {
  const installation = await startInstallation(t)
  const { app } = installation
  const acme = await addOrganization(installation, 'Acme')
  const authorization = `Bearer ${acme.admin}`
  const directory = (payload: string, headers = json): InjectOptions => ({
    method: 'POST',
    url: '/api/directory',
    headers,
    payload,
  })
  const cases: [InjectOptions, status: number, code: string, detail: RegExp][] = [
    [{ url: '/api/nothing' }, 404, 'notFound', /nothing at this address/],
    [{ url: '/' }, 404, 'notFound', /nothing at this address/],
    [{ method: 'PUT', url: '/api/users' }, 405, 'methodNotAllowed', /GET/],
    [{ method: 'DELETE', url: `/api/directory/${acme.directoryId}/pause` }, 405, 'methodNotAllowed', /POST/],
    [{ url: '/api/users/%zz' }, 400, 'badRequest', /percent-encoded/],
    [{ url: `/api/users/${'x'.repeat(300)}` }, 414, 'addressTooLong', /too long/],
    [directory('{"name":'), 400, 'invalidSyntax', /not valid JSON/],
    [directory('{"__proto__":{}}'), 400, 'invalidSyntax', /reserved/],
    [directory(`${'['.repeat(40)}${']'.repeat(40)}`), 400, 'invalidSyntax', /nested/],
    [directory(''), 400, 'invalidValue', /^body must be object/],
    [directory('{"type":"SCIM"}'), 400, 'invalidValue', /^body\.name is required/],
    [directory('{"name":1337,"type":"SCIM"}'), 400, 'invalidValue', /^body\.name must be string/],
    [directory('{"name":"  ","type":"SCIM"}'), 400, 'invalidValue', /^body\.name must match/],
    [directory('{"name":"x","type":"FTP1337"}'), 400, 'invalidValue', /^body\.type must be one of SCIM, /],
    [directory('{"name":"x","type":"SCIM","colour":"1337"}'), 400, 'invalidValue', /unknown member "colour"/],
    [directory('name=x', { 'content-type': 'text/plain' }), 415, 'unsupportedMediaType', /media type/],
    [directory('<x/>', { 'content-type': 'application/xml' }), 415, 'unsupportedMediaType', /media type/],
    [directory(`"${'x'.repeat(1_100_000)}"`), 413, 'payloadTooLarge', /larger/],
    [{ url: '/api/users?limit=0' }, 400, 'invalidValue', /^query\.limit/],
    [{ url: '/api/users?limit=1001' }, 400, 'invalidValue', /^query\.limit/],
    [{ url: '/api/users?limit=5&limit=6' }, 400, 'invalidValue', /^query\.limit must be string/],
    [{ url: '/api/users?colour=1337' }, 400, 'invalidValue', /^query has an unknown member "colour"/],
    [{ url: '/api/users?email=%00' }, 400, 'invalidValue', /^query\.email/],
    [{ url: '/api/users?state=1337' }, 400, 'invalidValue', /^query\.state must be one of active, inactive/],
    [{ url: '/api/users?after=1337' }, 400, 'invalidValue', /^query\.after is not a cursor/],
    [{ url: `/api/users?after=${acme.groupId}` }, 400, 'invalidValue', /^query\.after/],
    [{ url: '/api/users?directoryId=1337' }, 400, 'invalidValue', /^query\.directoryId/],
    [{ url: '/api/events?after=-1' }, 400, 'invalidValue', /^query\.after/],
    [{ url: '/api/users', headers: { authorization: 'Bearer nope' } }, 401, 'unauthenticated', /API key/],
  ]
  for (const [options, status, code, detail] of cases) {
    const name = `${options.method ?? 'GET'} ${String(options.url).slice(0, 60)} ${String(options.payload ?? '').slice(0, 40)}`
    const answer = await app.inject({ ...options, headers: { authorization, ...options.headers } })
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', name)
    t.match(answer.json(), { type: 'about:blank', title: String, status, code, detail }, name)
    t.equal(answer.statusCode, status, name)
    t.notMatch(answer.body, /1337/, `${name}: no value comes back`)
    if (status === 401) t.equal(answer.headers['www-authenticate'], 'Bearer')
    if (status === 405) t.match(answer.headers.allow, detail, name)
  }
})

t.test('too many failures from one address: 429; a key that has worked there goes on working', async (t) => {
  const installation = await startInstallation(t)
  const { app, call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const statuses: number[] = []
  for (let attempt = 0; attempt < 102; attempt++) {
    statuses.push((await call(generateToken('key'), 'GET', '/api/users')).status)
  }
  t.strictSame(statuses, [...Array(100).fill(401), 429, 429])
  const refused = await call('muster_key_nonsense', 'GET', '/api/users')
  t.equal((await call(undefined, 'GET', '/api/users')).status, 401, 'none shown is no attempt')
  t.match(refused, { status: 429, headers: { 'retry-after': '60' }, body: { code: 'tooManyRequests' } })
  t.equal((await call(acme.admin, 'GET', '/api/users')).status, 200)
  const elsewhere = await app.inject({ url: '/api/users', remoteAddress: '192.0.2.7' })
  t.equal(elsewhere.statusCode, 401, 'another address has failures of its own')
})

t.test(
  'what goes wrong on our side says nothing of its cause; a database that is away asks to come back',
  async (t) => {
    const secret = 'password of the database is hunter2'
    const broken = await appOver(t, new Error(secret))
    const failed = await broken.inject({
      url: '/api/users',
      headers: { authorization: `Bearer ${generateToken('key')}` },
    })
    t.equal(failed.statusCode, 500)
    t.match(failed.json(), { code: 'internal', title: 'Internal error' })
    t.notMatch(failed.body, /hunter2|password/)

    const away = await appOver(t, Object.assign(new Error(secret), { code: 'ECONNREFUSED' }))
    const later = await away.inject({ url: '/api/users', headers: { authorization: `Bearer ${generateToken('key')}` } })
    t.equal(later.statusCode, 503)
    t.equal(later.headers['retry-after'], '5')
    t.match(later.json(), { code: 'unavailable' })
    t.notMatch(later.body, /hunter2|password/)
    t.equal((await away.inject('/healthz')).statusCode, 200)
    t.equal((await away.inject('/readyz')).statusCode, 503)
  },
)

async function appOver(t: Test, failure: Error) {
  const pool = { connect: () => Promise.reject(failure) }
  const database = { pool, close: async () => undefined } as unknown as Database
  const logger = createLogger({ service: 'admin', level: 'silent' })
  const outbound = createOutbound({ allowedHosts: [] })
  const rootKeys = [newSecretKey('tests')] as const
  const poller = createPollerClient({ origin: 'http://127.0.0.1:9', secret: 'of nobody' })
  const deps = { database, pepper, rootKeys, outbound, scimBaseUrl, isProduction: false, logger }
  const { app } = await buildApp({ ...deps, connectors: {}, poller })
  t.teardown(() => app.close())
  return app
}

t.test('the API describes itself: OpenAPI 3.1, every route, problems, from here', async (t) => {
  const { app, routes } = await startInstallation(t)
  const document = (await app.inject('/api/openapi.json')).json()
  t.equal(document.openapi, '3.1.0')
  for (const { method, url, config } of routes) {
    if (config.public || method === 'HEAD') continue
    const operation = document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    t.type(operation?.operationId, 'string', `${method} ${url} is described`)
    t.ok(operation?.responses.default.content['application/problem+json'], `${method} ${url} may fail`)
  }
  const page = await app.inject('/api/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], /html/)
  t.notMatch(page.body, /(src|href)="https?:/, 'nothing is loaded from elsewhere')
})
