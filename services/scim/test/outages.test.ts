import { setTimeout as delay } from 'node:timers/promises'
import { deleteDirectory, setDirectoryPaused } from '@muster/repository'
import { generateToken } from '@muster/runtime/tokens'
import pg from 'pg'
import t from 'tap'
import { startDatabaseProxy } from './support/database-proxy.ts'
import { change, startDirectory } from './support/installation.ts'
import { isScimError } from './support/is-scim-error.ts'
import { call, callRaw, urns } from './support/scim-client.ts'

t.test('a paused directory takes nothing and says when to come again', async (t) => {
  const { installation, ...acme } = await startDirectory(t)
  await change(installation, acme, (tx) => setDirectoryPaused(tx, acme.directoryId, true))
  for (const [method, path, body] of [
    ['GET', '/Users', undefined],
    ['POST', '/Users', { userName: 'x' }],
    ['GET', '/ServiceProviderConfig', undefined],
    ['GET', '/Nothing', undefined],
  ] as const) {
    const answer = await acme.client.send(method, path, body)
    isScimError(t, answer, 503, undefined, path)
    t.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
  }
})

t.test('a directory that is gone fails nothing but the request', async (t) => {
  const { installation, ...acme } = await startDirectory(t)
  const { client } = acme
  const id = await client.addUser('jane')
  await change(installation, acme, (tx) => deleteDirectory(tx, acme.directoryId))
  // Its token is remembered for five seconds.
  for (const [method, path, body] of [
    ['POST', '/Users', { schemas: [urns.user], userName: 'jane' }],
    ['POST', '/Groups', { schemas: [urns.group], displayName: 'Team' }],
    ['GET', `/Users/${id}`, undefined],
    ['PATCH', `/Users/${id}`, { Operations: [] }],
    ['DELETE', `/Users/${id}`, undefined],
  ] as const) {
    const answer = await client.send(method, path, body)
    isScimError(t, answer, 404, undefined, method)
  }
})

t.test('#21 #109 without a database: 503, when to try again, and nothing else', async (t) => {
  const proxy = await startDatabaseProxy(t)
  const { client, installation } = await startDirectory(t, {
    databaseUrl: ({ databaseUrl }) => proxy.through(databaseUrl),
    connectionsMax: 4,
  })
  const id = await client.addUser('jane')
  const everything = () =>
    Promise.all([
      client.get(`/Users/${id}`),
      client.get('/Users'),
      client.addUser(crypto.randomUUID()).then(
        () => client.get('/Users'),
        () => client.get('/Users'),
      ),
      client.patch(`/Users/${id}`, { op: 'replace', value: { title: crypto.randomUUID() } }),
      client.send('POST', '/Groups', { schemas: [urns.group], displayName: crypto.randomUUID() }),
      client.send('DELETE', `/Groups/${crypto.randomUUID()}`),
    ])
  for (let round = 0; round < 5; round++) {
    const underWay = everything()
    await delay(round * 3)
    proxy.cut()
    for (const answer of [...(await underWay), ...(await everything())]) {
      if (answer.status < 500) continue
      isScimError(t, answer, 503)
      t.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
      t.notMatch(answer.text, /ECONN|terminated|127\.0\.0\.1|muster_app|postgres/i)
    }
    isScimError(t, await client.get('/Users'), 503)
    t.match(await call(`${installation.origin}/readyz`, 'GET'), { status: 503 })
    t.match(await call(`${installation.origin}/healthz`, 'GET'), { status: 200 })
    proxy.mend()
    t.equal((await client.get(`/Users/${id}`)).status, 200, 'and back again')
  }
})

t.test('connections that the server ends while they are busy end no process', async (t) => {
  const { client, installation } = await startDirectory(t)
  const id = await client.addUser('jane')
  const superuser = new pg.Client({ connectionString: installation.testDatabase.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  for (let round = 0; round < 10; round++) {
    const title = () => client.patch(`/Users/${id}`, { op: 'replace', value: { title: crypto.randomUUID() } })
    const underWay = Promise.all(Array.from({ length: 10 }, title))
    await delay(round)
    await superuser.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    for (const answer of await underWay) {
      if (answer.status !== 200) isScimError(t, answer, 503)
    }
  }
  t.equal((await client.get(`/Users/${id}`)).status, 200)
})

t.test('#109 #118 a failure of ours says nothing of its cause, except to the log', async (t) => {
  const { client, installation } = await startDirectory(t)
  const id = await client.addUser('jane')
  const superuser = new pg.Client({ connectionString: installation.testDatabase.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  await superuser.query('ALTER TABLE directory_users RENAME COLUMN resource TO moved')
  for (const answer of [
    await client.get(`/Users/${id}`),
    await client.get('/Users'),
    await client.send('POST', '/Users', { schemas: [urns.user], userName: 'private name' }),
    await client.patch(`/Users/${id}`, { op: 'replace', value: { title: 'private title' } }),
  ]) {
    isScimError(t, answer, 500)
    t.notMatch(answer.text, /column|resource|directory_users|stack|select/i)
  }
  t.match(installation.logLines.join(''), /"level":50.*column .*resource.* does not exist/)
  t.notMatch(installation.logLines.join(''), /private/)
})

t.test('#118 the log holds no token, no query and no body', async (t) => {
  const { client, installation } = await startDirectory(t)
  const secret = generateToken('scim')
  await client.send('POST', '/Users?attributes=secretQuery', {
    schemas: [urns.user],
    userName: 'secretName',
    password: 'secretPassword',
    emails: [{ value: 'secret@acme.test' }],
  })
  await client.send('POST', '/Users', { schemas: [urns.user], userName: 'SECRETname' })
  await client.send('POST', '/Users', '{"userName": secretSyntax')
  await client.find('/Users', 'userName eq "secretFilter"')
  await client.find('/Users', 'secretAttribute xx "secretFilter')
  await client.patch('/Users/x', { op: 'secretOp', path: 'secretPath', value: 'secretValue' })
  await call(`${client.baseUrl}/Users?token=${secret}`, 'GET', { token: secret, headers: { cookie: 'a=secretCookie' } })
  await call(`${installation.origin}/nowhere?x=secretQuery`, 'GET')
  await callRaw(installation.origin, { method: 'GET', path: '/%ZZ?x=secretQuery' })
  const log = installation.logLines.join('')
  t.match(log, /"method":"POST","path":"\/scim\/[0-9a-z]{26}\/v2\/Users","status":201/)
  t.notMatch(log, /secret/i)
  t.notMatch(log, client.token)
  t.notMatch(log, secret)
  t.notMatch(log, /muster_scim_/)
  const lines = installation.logLines.map((line) => JSON.parse(line))
  const ids = lines.flatMap(({ msg, reqId }) => (msg === 'request answered' ? [reqId] : []))
  t.equal(new Set(ids).size, ids.length, 'one line a request, each with its id')
  const { headers } = await client.get('/Users')
  t.match(installation.logLines.at(-1), headers.get('x-request-id') ?? 'none')
})
