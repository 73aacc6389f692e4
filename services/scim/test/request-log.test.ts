import { setTimeout as delay } from 'node:timers/promises'
import { deleteDirectory, setDirectoryPaused } from '@muster/repository'
import { generateToken } from '@muster/runtime/tokens'
import pg from 'pg'
import t, { type Test } from 'tap'
import { addManyUsers } from './support/add-many-users.ts'
import { startDatabaseProxy } from './support/database-proxy.ts'
import { change, eventsOf, type Installation, startDirectory } from './support/installation.ts'
import { jane } from './support/jane.ts'
import { call, callRaw, urns } from './support/scim-client.ts'

const requestLog = { rowsMax: 10_000 }

interface Row {
  request_id: string
  directory_id: string
  method: string
  path: string
  query: unknown
  status: number
  scim_type: string | null
  detail: string | null
  request_body: Record<string, unknown> | null
  request_bytes: number | null
  request_truncated: boolean
  answer_body: Record<string, unknown> | null
  answer_bytes: number | null
  answer_truncated: boolean
  skipped_before: number
}

async function superuserOf(t: Test, { testDatabase }: Installation): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: testDatabase.superuserUrl })
  await client.connect()
  t.teardown(() => client.end())
  return client
}

/** The whole log in the order of arrival, as soon as it has so many rows. */
async function rowsOf(client: pg.Client, count: number): Promise<Row[]> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const { rows } = await client.query<Row>('SELECT * FROM scim_requests ORDER BY request_id')
    if (rows.length >= count || Date.now() > deadline) return rows
    await delay(20)
  }
}

t.test('what a client sent and what it was answered is kept, with its structure and without its content', async (t) => {
  const { installation, client, directoryId } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  const created = await client.send(
    'POST',
    '/Users',
    { ...jane, password: 'correct horse', shoeSize: 42 },
    {
      'user-agent': 'Okta SCIM Client 1.0.0',
    },
  )
  const id = String(created.body.id)
  await client.patch(
    `/Users/${id}`,
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'jane.doe@acme.test' },
    { op: 'Add', path: 'active', value: 'False' },
    { op: 'Replace', path: 'password', value: 'battery staple' },
    { op: 'Add', value: { 'name.givenName': 'Janet', [`${urns.enterprise}:department`]: 'Marketing' } },
  )
  await client.find('/Users', 'userName eq "jane@acme.test" and active eq true', '&count=5&attributes=userName,Doe')
  const [create, patch, find] = await rowsOf(superuser, 3)

  t.match(create, {
    directory_id: directoryId,
    request_id: created.headers.get('x-request-id'),
    method: 'POST',
    path: '/Users',
    query: null,
    status: 201,
    user_agent: 'Okta SCIM Client 1.0.0',
    request_media_type: 'application/scim+json',
    answer_media_type: 'application/scim+json',
    answer_bytes: Buffer.byteLength(created.text),
    skipped_before: 0,
    request_truncated: false,
  })
  t.strictSame(create?.request_body, {
    schemas: jane.schemas,
    externalId: '[text 4]',
    userName: '[email 14]',
    name: { givenName: '[text 4]', familyName: '[text 3]' },
    displayName: '[text 8]',
    active: true,
    emails: [{ value: '[email 14]', type: 'work', primary: true }],
    [urns.enterprise]: { department: '[text 5]', employeeNumber: '[digits 1]' },
    password: '[secret]',
    shoeSize: '[secret]',
  })
  t.match(create?.answer_body, {
    id,
    userName: '[email 14]',
    meta: { resourceType: 'User', created: created.body.meta?.created, location: `…/Users/${id}`, version: 'W/"1"' },
  })
  t.match(patch, { method: 'PATCH', path: `/Users/${id}`, status: 200 })
  t.strictSame(patch?.request_body?.Operations, [
    { op: 'Replace', path: 'emails[type eq "work"].value', value: '[email 18]' },
    { op: 'Add', path: 'active', value: 'False' },
    { op: 'Replace', path: 'password', value: '[secret]' },
    { op: 'Add', value: { 'name.givenName': '[text 5]', [`${urns.enterprise}:department`]: '[text 9]' } },
  ])
  t.match(find, { method: 'GET', path: '/Users', status: 200, request_body: null })
  t.strictSame(find?.query, {
    filter: 'userName eq "[email 14]" and active eq true',
    count: '5',
    attributes: 'userName,[name 3]',
  })
  t.match(find?.answer_body, { totalResults: 0, Resources: [] })
})

t.test('every way a request can end is kept', async (t) => {
  const { installation, client, ...acme } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  const id = await client.addUser('jane')
  const user = { schemas: [urns.user], userName: 'jane' }
  const base = new URL(client.baseUrl).pathname
  const headers = { authorization: `Bearer ${client.token}` }
  const expected: [act: () => Promise<unknown>, row: object][] = [
    [
      () => client.send('POST', '/Users', '{"userName": "Doe'),
      { status: 400, scim_type: 'invalidSyntax', request_body: null },
    ],
    [
      () => client.send('POST', '/Users', user),
      { status: 409, scim_type: 'uniqueness', request_body: { userName: '[text 4]' } },
    ],
    [
      () => client.send('POST', '/Users', 'x', { 'content-type': 'text/plain' }),
      { status: 415, request_media_type: 'text/plain' },
    ],
    [
      () => client.send('POST', '/Users', JSON.stringify({ ...user, title: 'x'.repeat(1_100_000) })),
      { status: 413, request_body: null },
    ],
    [() => client.get('/Users/jane@acme.test'), { status: 404, path: '/Users/[email 14]' }],
    [() => client.send('DELETE', '/Users'), { status: 405, method: 'DELETE' }],
    [() => client.send('DELETE', `/Users/${id}`), { status: 204, answer_body: null, answer_bytes: null }],
    [() => client.send('HEAD', '/Groups'), { status: 200, method: 'HEAD', answer_body: null }],
    [() => client.get('/Schemas'), { status: 200, path: '/Schemas', answer_body: null }],
    [
      () => client.find('/Users', 'title eq Doe or Doe'),
      { status: 400, scim_type: 'invalidFilter', query: { filter: 'title eq [text 3] or [name 3]' } },
    ],
    [
      () => callRaw(installation.origin, { method: 'GET', path: `${base}/Users/%ZZ`, headers }),
      { status: 400, path: '/Users/[text 3]' },
    ],
    [
      () => callRaw(installation.origin, { method: 'GET', path: `${base}/Users/${'x'.repeat(300)}`, headers }),
      { status: 414 },
    ],
    [
      () => call(`${client.baseUrl}/Users`, 'GET'),
      { status: 401, path: '/Users', detail: 'A bearer token is required.' },
    ],
    [
      () => call(`${client.baseUrl}/Users`, 'POST', { token: generateToken('scim'), body: user }),
      { status: 401, request_body: null },
    ],
    [() => client.patch(`/Users/${id}`, { op: 'replace', path: 'Doe', value: 'x' }), { status: 404 }],
  ]
  for (const [act] of expected) await act()
  await change(installation, acme, (tx) => setDirectoryPaused(tx, acme.directoryId, true))
  await delay(5_100)
  await client.get('/Groups')
  const [first, ...rows] = await rowsOf(superuser, expected.length + 2)
  t.match(first, { status: 201 })
  for (const [index, [, row]] of expected.entries()) t.match(rows[index], row, JSON.stringify(row))
  t.match(rows.at(-1), { status: 503, detail: 'This directory is paused.' })
  t.equal(rows.length, expected.length + 1)
  await call(`${installation.origin}/scim/01jz3zq0000000000000000000/v2/Users`, 'GET')
  await call(`${installation.origin}/healthz`, 'GET')
  await change(installation, acme, (tx) => deleteDirectory(tx, acme.directoryId))
  await call(`${client.baseUrl}/Users`, 'GET')
  await delay(600)
  t.strictSame(await rowsOf(superuser, 0), [], 'a directory takes its log along; what is of no directory is not kept')
})

t.test('long bodies are cut, the paging of a long list stays', async (t) => {
  const { installation, client, ...acme } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  const ids = await addManyUsers(installation, { client, ...acme }, 300)
  const list = await client.get('/Users?startIndex=3&count=250')
  await client.addGroup('Everybody', ids)
  const [listed, added] = await rowsOf(superuser, 2)
  t.match(listed, {
    status: 200,
    answer_bytes: Buffer.byteLength(list.text),
    answer_body: { totalResults: 300, startIndex: 3, itemsPerPage: 250 },
    answer_truncated: true,
  })
  const members = (added?.request_body?.members ?? []) as unknown[]
  t.match(added, { request_truncated: true, status: 201 })
  t.equal(members.length, 21)
  t.strictSame([members[0], members.at(-1)], [{ value: ids[0] }, '[280 more]'])
})

t.test('#118 nothing personal and no secret reaches the log, wherever a client puts it', async (t) => {
  const { installation, client } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  const wrongToken = generateToken('scim')
  const id = await client.addUser('canary1', {
    name: { givenName: 'Canary2', familyName: 'O"Canary' },
    emails: [{ value: 'canary3@acme.test', type: 'canary4' }],
    phoneNumbers: [{ value: '0990 4711', display: 'canary5' }],
    password: 'canary6',
    'canary7@acme.test': true,
    nobody: { knows: 'canary8', 'canary 9': ['canary10', 4_711_099] },
    [urns.enterprise]: { manager: { displayName: 'canary11' }, employeeNumber: '4711099' },
  })
  const group = await client.addGroup('canary12', [id])
  await client.patch(
    `/Users/${id}`,
    { op: 'add', path: 'emails[value eq "canary13@acme.test"].display', value: 'canary14' },
    { op: 'canary15', path: 'canary16 17', value: { title: 'canary18' } },
    { op: 'replace', path: 'canary19.canary20[x eq "canary21"]', value: ['canary22'] },
  )
  await client.patch(`/Groups/${group}`, { op: 'remove', path: `members[display sw "canary23" or canary24]` })
  for (const filter of [
    'userName eq "canary25"',
    'userName eq canary26',
    'canary27 eq "x"',
    'title eq "canary28',
    '(emails.value co "can\\"ary29" and canary30',
    'password eq "canary31"',
  ]) {
    await client.find('/Users', filter, '&attributes=canary32&canary33=canary34&sortBy=canary35')
  }
  await client.get('/Users/canary36/canary37')
  await client.get(`/Users/${id}?token=${client.token}`)
  await client.send('POST', '/Users', '{"userName":"canary38"')
  await client.send('POST', '/Users', 'canary39', {
    'content-type': 'canary40/x',
    'user-agent': `x ${client.token} canary41@x`,
  })
  await call(`${client.baseUrl}/Users?x=${wrongToken}`, 'GET', { token: wrongToken, headers: { cookie: 'canary42' } })
  await client.send('PUT', `/Users/${id}`, {
    schemas: [urns.user, 'canary43'],
    userName: 'canary44',
    meta: { location: 'https://canary45', lastModified: 'canary46' },
  })
  await client.get('/Users')
  await installation.app.close()
  const { rows } = await superuser.query<{ text: string }>('SELECT r::text AS text FROM scim_requests r')
  t.equal(rows.length, 17)
  const whole = rows.map(({ text }) => text).join('\n')
  t.strictSame(whole.match(/.{0,40}(?:can\\*"*ary\d|canary|4711|acme\.test)[^,]{0,40}/gi), [
    // The name of an unknown attribute, not a value.
    ...(whole.match(/.{0,40}canary33[^,]{0,40}/gi) ?? []),
  ])
  for (const secret of [client.token, wrongToken, 'muster_scim_']) t.notOk(whole.includes(secret))
})

t.test('an event leads to the request behind it', async (t) => {
  const { installation, client, scope } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => client.addUser(`user-${index}`)))
  await client.patch(`/Users/${ids[0]}`, { op: 'replace', value: { title: 'Boss' } })
  const rows = new Map((await rowsOf(superuser, 9)).map((row) => [row.request_id, row]))
  const events = (await eventsOf(installation.database, scope)).filter(({ type }) => type.startsWith('directory.user.'))
  t.ok(events.length >= 17)
  for (const { type, cause } of events) t.ok(rows.get(cause.id), type)
  const created = events.filter(({ type }) => type === 'directory.user.created')
  t.equal(
    new Set(created.map(({ cause }) => cause.id)).size,
    8,
    'each its own, also of those that shared a transaction',
  )
})

t.test('of requests without a valid token little is kept, and the gap shows', async (t) => {
  const { installation, client } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  for (let count = 0; count < 80; count++) await call(`${client.baseUrl}/Users`, 'GET', { token: 'nonsense' })
  await client.get('/Users')
  const rows = await rowsOf(superuser, 61)
  t.equal(rows.length, 61)
  t.match(rows.at(-1), { status: 200, skipped_before: 20 })
  await installation.app.close()
  const told = installation.logLines.flatMap((line) => JSON.parse(line).skipped ?? [])
  t.equal(
    told.reduce((sum, skipped) => sum + skipped, 0),
    20,
    'and is told',
  )
})

t.test('what waits is written when the service stops', async (t) => {
  const { installation, client } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  await Promise.all(Array.from({ length: 300 }, () => client.get('/Users')))
  await installation.app.close()
  t.equal((await superuser.query('SELECT FROM scim_requests')).rowCount, 300)
})

t.test('requests do not care whether the log can be written', async (t) => {
  const proxy = await startDatabaseProxy(t)
  const { installation, client } = await startDirectory(t, {
    requestLog,
    databaseUrl: ({ databaseUrl }) => proxy.through(databaseUrl),
  })
  const superuser = await superuserOf(t, installation)
  await client.get('/Users')
  await rowsOf(superuser, 1)
  proxy.cut()
  t.equal((await client.get('/Users')).status, 503)
  await told(installation)
  proxy.mend()
  const kept = await rowsOf(superuser, 2)
  t.match(kept, [{ status: 200 }, { status: 503 }], 'what happened while the database was away is written later')
})

t.test('what cannot be stored is given up, and the log goes on', async (t) => {
  const { installation, client } = await startDirectory(t, { requestLog })
  const superuser = await superuserOf(t, installation)
  await superuser.query('ALTER TABLE scim_requests RENAME COLUMN detail TO moved')
  t.equal((await client.get('/Groups')).status, 200)
  await told(installation)
  await superuser.query('ALTER TABLE scim_requests RENAME COLUMN moved TO detail')
  t.equal((await client.get('/ServiceProviderConfig')).status, 200)
  await installation.app.close()
  t.match(await rowsOf(superuser, 1), [{ path: '/ServiceProviderConfig' }])
})

/** Waits until the service's own log says that the request log cannot be written. */
async function told({ logLines }: Installation): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!logLines.some((line) => line.includes('SCIM request log cannot be written'))) {
    if (Date.now() > deadline) throw new Error('Nobody was told')
    await delay(20)
  }
}
