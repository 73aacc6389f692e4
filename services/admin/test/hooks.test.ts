import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDirectoryUsers, transact } from '@muster/repository'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import {
  addOrganization,
  type Installation,
  rowsOf,
  startInstallation,
  type TestOrganization,
} from './support/installation.ts'

const url = 'https://app.acme.example/hooks?key=geheim'
const draft = { kind: 'before_create', url, policy: 'hold' }

/** An application that answers as told; every call is kept. */
async function openApplication(t: Test, answer: (message: { users: { id: string }[] }) => object | number | string) {
  const calls: { headers: Record<string, string>; text: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    calls.push({ headers: request.headers as Record<string, string>, text })
    const answered = answer(JSON.parse(text))
    if (typeof answered === 'number') response.writeHead(answered).end('no secret of ours')
    else response.end(JSON.stringify(answered))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls }
}

async function addUser(installation: Installation, acme: TestOrganization, userName: string): Promise<void> {
  const scope = await installation.scopeOf(acme.id)
  const document = { userName, emails: [{ value: userName, primary: true }] }
  await transact(installation.database, scope, { kind: 'system', id: 'test' }, (tx) =>
    createDirectoryUsers(tx, fromTypeId('directory', acme.directoryId) ?? '', [
      { directoryUserId: newUuid(), document },
    ]),
  )
}

t.test('a hook is made, seen, changed and removed', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const created = await call(acme.admin, 'POST', '/api/hooks', draft)
  t.equal(created.status, 201, created.text)
  t.match(created.body, { ...draft, id: /^hook_/, status: 'enabled', timeoutMilliseconds: 3_000, secret: /^whsec_/ })
  const { id } = created.body
  const { secret, ...shown } = created.body
  t.strictSame((await call(acme.admin, 'GET', `/api/hooks/${id}`)).body, shown, 'the secret is shown once')
  t.match((await call(acme.viewer, 'GET', `/api/hooks/${id}`)).body, { url: 'https://app.acme.example/hooks' })
  t.equal((await call(acme.admin, 'POST', '/api/hooks', draft)).status, 409, 'one of a kind')
  t.equal(rowsOf(await call(acme.viewer, 'GET', '/api/hooks')).length, 2)
  t.match((await call(acme.viewer, 'GET', '/api/hooks?limit=1')).body, {
    data: [{ kind: 'after_create' }],
    nextCursor: /^hook_/,
  })
  t.equal(rowsOf(await call(acme.viewer, 'GET', `/api/hooks?after=${acme.hookId}`)).length, 1)
  t.match((await call(acme.viewer, 'GET', '/api/hooks/count')).body, { count: 2 })
  const changes = { policy: 'proceed', status: 'disabled', timeoutMilliseconds: 500 }
  t.match((await call(acme.admin, 'PATCH', `/api/hooks/${id}`, changes)).body, { ...changes, url })
  for (const wrong of [
    { url: 'http://10.0.0.1/' },
    { url: 'https://user:pass@app.acme.example/' },
    { timeoutMilliseconds: 50 },
    { kind: 'after_create' },
    { policy: 'maybe' },
  ]) {
    t.equal((await call(acme.admin, 'PATCH', `/api/hooks/${id}`, wrong)).status, 400, JSON.stringify(wrong))
  }
  t.equal((await call(acme.admin, 'DELETE', `/api/hooks/${id}`)).status, 204)
  t.equal((await call(acme.admin, 'DELETE', `/api/hooks/${id}`)).status, 404)
  t.equal((await call(acme.admin, 'PATCH', `/api/hooks/${acme.hookId}`, { status: 'disabled' })).status, 200)
  t.equal((await call(acme.admin, 'DELETE', `/api/hooks/${acme.hookId}`)).status, 204)
  const trail = await call(acme.admin, 'GET', '/api/audit?limit=1000')
  const actions = rowsOf(trail).map(({ action }) => action)
  for (const action of ['hook.create', 'hook.update', 'hook.delete']) t.ok(actions.includes(action), action)
  t.notMatch(trail.text, /geheim|whsec/)
})

t.test('secrets are sealed; both sign while one is replaced; a test says what the application decides', async (t) => {
  const installation = await startInstallation(t)
  const { call, superuserUrl } = installation
  const acme = await addOrganization(installation, 'Acme')
  let answer: object | number | string = 500
  const application = await openApplication(t, ({ users }) =>
    typeof answer !== 'object' ? answer : { decisions: [{ id: users[0]?.id, ...answer }] },
  )
  const { body: hook } = await call(acme.admin, 'POST', '/api/hooks', { ...draft, url: application.url })
  const test = async () => (await call(acme.admin, 'POST', `/api/hooks/${hook.id}/test`, {})).body
  t.match(await test(), { delivered: false, status: 500, error: 'status500', decision: null })
  answer = 204
  t.match(await test(), { delivered: true, status: 204, error: null, decision: null })
  answer = 'thank you'
  t.match(await test(), { delivered: true, status: 200, error: 'invalidAnswer', decision: null })
  answer = { action: 'veto', reason: 'No.' }
  t.match(await test(), { delivered: true, error: null, decision: { action: 'veto', detail: 'No.' } })
  answer = { action: 'proceed', user: { firstName: 7 } }
  t.match(await test(), { decision: { action: 'none', detail: /firstName/ } })
  answer = { action: 'proceed' }
  t.match(await test(), { decision: { action: 'proceed', detail: null } })
  t.match(JSON.parse(application.calls[0]?.text ?? ''), {
    type: 'directory.user.before_create.test',
    directory: { name: 'Sample directory', organization: { name: 'Acme' } },
    users: [{ email: 'sample.user@example.com', profile: { department: 'Engineering' } }],
  })

  const { body: rotated } = await call(acme.admin, 'POST', `/api/hooks/${hook.id}/rotate-secret`, { overlapHours: 1 })
  await test()
  const { headers, text } = application.calls.at(-1) ?? { headers: {}, text: '' }
  for (const secret of [hook.secret, rotated.secret]) t.ok(new Webhook(String(secret)).verify(text, headers))
  await call(acme.admin, 'POST', `/api/hooks/${hook.id}/rotate-secret`, { overlapHours: 0 })
  await test()
  const alone = application.calls.at(-1)
  t.throws(() => new Webhook(String(rotated.secret)).verify(alone?.text ?? '', alone?.headers ?? {}))
  for (let sent = application.calls.length; sent < 10; sent++) await test()
  t.equal((await call(acme.admin, 'POST', `/api/hooks/${hook.id}/test`, {})).status, 429)

  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query('SELECT hooks::text AS dump FROM hooks')
  for (const { dump } of rows) t.notMatch(dump, /whsec/)
  t.equal(rowsOf(await call(acme.viewer, 'GET', '/api/users')).length, 2, 'nobody came into being by a test')
})

t.test('who waits is seen, and explained', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const { body: hook } = await call(acme.admin, 'POST', '/api/hooks', draft)
  await addUser(installation, acme, 'jane@acme.test')
  await addUser(installation, acme, 'john@acme.test')
  const arrivals = `/api/hooks/${hook.id}/arrivals`
  const [first, second] = rowsOf(await call(acme.viewer, 'GET', `${arrivals}?state=waiting`))
  t.match(first, { id: /^user_/, directoryId: acme.directoryId, state: 'waiting', reason: null, askedAt: null })
  t.match((await call(acme.viewer, 'GET', `${arrivals}?after=${first?.id}`)).body, {
    data: [{ id: second?.id }],
    nextCursor: null,
  })
  t.match((await call(acme.viewer, 'GET', `${arrivals}/count?state=waiting`)).body, { count: 2 })
  t.match((await call(acme.viewer, 'GET', `${arrivals}/count?state=vetoed`)).body, { count: 0 })
  t.match((await call(acme.viewer, 'GET', `/api/hooks/${acme.hookId}/arrivals`)).body, { data: [], nextCursor: null })
  const explained = async () => {
    const { body } = await call(acme.viewer, 'GET', '/api/explain?email=jane@acme.test')
    return (body.directoryUsers as { reasons: object[] }[])[0]?.reasons
  }
  t.match(await explained(), [{ reason: 'waitsForHook' }])
  const client = new pg.Client({ connectionString: installation.superuserUrl })
  await client.connect()
  t.teardown(() => client.end())
  await client.query(`UPDATE arrivals SET state = 'vetoed', reason = 'We know her.'`)
  t.match(await explained(), [{ reason: 'vetoedByHook', said: 'We know her.' }])
  t.equal((await call(acme.admin, 'POST', `${arrivals}/ask-again`)).status, 204)
  t.equal((await call(acme.admin, 'POST', `/api/hooks/${acme.hookId}/arrivals/ask-again`)).status, 204)
  t.match(await explained(), [{ reason: 'waitsForHook' }])
  t.match((await call(acme.viewer, 'GET', `${arrivals}?state=vetoed`)).body, { data: [] })
})
