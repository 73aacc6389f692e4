import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t, { type Test } from 'tap'
import {
  countScimRequests,
  deleteDirectory,
  findScimRequest,
  listScimRequests,
  type OrganizationScope,
  pruneScimRequests,
  type Reader,
  read,
  type ScimRequestDraft,
  type ScimRequestQuery,
  ScimRequestStore,
  transact,
} from '../src/index.ts'
import { addDirectory, cause } from './support/directory.ts'
import { openExplainedPool } from './support/explained-pool.ts'
import { connect, type Installation, openInstallation } from './support/installation.ts'

const hour = 3_600_000

/** The id that a request of that time would have. */
function requestIdAt(milliseconds: number): string {
  const hex = milliseconds.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newUuid().slice(13)}`
}

function draft(directoryId: string, more: Partial<ScimRequestDraft> = {}): ScimRequestDraft {
  return {
    requestId: newUuid(),
    directoryId,
    durationMs: 1.5,
    method: 'GET',
    path: '/Users',
    query: null,
    status: 200,
    scimType: null,
    detail: null,
    userAgent: null,
    requestMediaType: null,
    requestBytes: null,
    requestBody: null,
    requestTruncated: false,
    answerMediaType: null,
    answerBytes: null,
    answerBody: null,
    answerTruncated: false,
    skippedBefore: 0,
    ...more,
  }
}

function log(installation: Installation, scope: OrganizationScope) {
  const { database } = installation
  const page = { after: undefined, limit: 1_000 }
  return {
    list: (query: ScimRequestQuery = {}, more: Partial<{ after: string; limit: number }> = {}) =>
      read(database, scope, (reader) => listScimRequests(reader, query, { ...page, ...more })),
    count: (query: ScimRequestQuery = {}) => read(database, scope, (reader) => countScimRequests(reader, query)),
    find: (id: string) => read(database, scope, (reader) => findScimRequest(reader, id)),
  }
}

async function twoOrganizations(t: Test) {
  const installation = await openInstallation(t)
  const [acme, other] = [await installation.addOrganization('Acme'), await installation.addOrganization('Other')]
  const directories = [
    await addDirectory(installation.database, acme, 'One'),
    await addDirectory(installation.database, acme, 'Two'),
    await addDirectory(installation.database, other, 'Three'),
  ] as const
  const [one, two, three] = directories.map(({ directoryId }) => directoryId) as [string, string, string]
  return { installation, acme, other, one, two, three }
}

t.test('requests find the log of their directory by its route, and are read back as they were given', async (t) => {
  const { installation, acme, other, one, three } = await twoOrganizations(t)
  const store = new ScimRequestStore(installation.database, { rowsMax: 100 })
  const full = draft(one, {
    method: 'POST',
    query: '{"count":"1"}',
    status: 409,
    scimType: 'uniqueness',
    detail: 'taken',
    userAgent: 'Okta',
    requestMediaType: 'application/json',
    requestBytes: 17,
    requestBody: '{"b":1, "a":"[text 3]"}',
    requestTruncated: true,
    answerMediaType: 'application/scim+json',
    answerBytes: 99,
    answerBody: '{"detail":"taken"}',
    skippedBefore: 3,
  })
  const foreign = draft(three)
  await store.store([full, foreign, draft(newUuid())])
  await store.store([full])
  t.equal(await log(installation, acme).count(), 1, 'one that is there is not stored again')
  t.strictSame(
    (await log(installation, other).list()).map(({ id }) => id),
    [foreign.requestId],
  )
  const [listed] = await log(installation, acme).list()
  const shown = {
    id: full.requestId,
    organizationId: toTypeId('organization', acme.organizationId),
    directoryId: toTypeId('directory', one),
    durationMs: 1.5,
    method: 'POST',
    path: '/Users',
    query: { count: '1' },
    status: 409,
    scimType: 'uniqueness',
    detail: 'taken',
    userAgent: 'Okta',
    requestMediaType: 'application/json',
    requestBytes: 17,
    answerMediaType: 'application/scim+json',
    answerBytes: 99,
    skippedBefore: 3,
  }
  const { timestamp, ...rest } = listed ?? {}
  t.strictSame(rest, shown)
  t.ok(Math.abs(Date.now() - Number(timestamp)) < 60_000, 'the id says when')
  const bodies = {
    requestBody: { b: 1, a: '[text 3]' },
    requestTruncated: true,
    answerBody: { detail: 'taken' },
    answerTruncated: false,
  }
  t.strictSame(await log(installation, acme).find(full.requestId), { ...shown, timestamp, ...bodies })
  for (const id of [foreign.requestId, newUuid(), 'nonsense']) {
    t.equal(await log(installation, acme).find(id), undefined, 'a foreign one is like an unknown one')
  }
  await transact(installation.database, acme, cause, (tx) => deleteDirectory(tx, one))
  await store.store([draft(one)])
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  const { rows } = await superuser.query(
    'SELECT directory_id FROM scim_requests UNION SELECT directory_id FROM directory_routes',
  )
  t.notOk(
    rows.some((row) => row.directory_id === one),
    'a directory takes its log and its route along',
  )
})

t.test('lists go from the newest on, over all directories or one, and every filter counts', async (t) => {
  const { installation, acme, one, two, three } = await twoOrganizations(t)
  const store = new ScimRequestStore(installation.database, { rowsMax: 1_000 })
  const now = Date.now()
  const methods = ['GET', 'POST', 'PATCH']
  const statuses = [200, 201, 401, 404, 503]
  const drafts = Array.from({ length: 60 }, (_, index) =>
    draft([one, two][index % 2] ?? one, {
      requestId: requestIdAt(now - index * 60_000),
      method: methods[index % 3] ?? 'GET',
      status: statuses[index % 5] ?? 200,
    }),
  )
  await store.store([...drafts, ...Array.from({ length: 5 }, () => draft(three))])
  const { list, count } = log(installation, acme)
  const newestFirst = drafts.map(({ requestId }) => requestId)
  const ids = async (...call: Parameters<typeof list>) => (await list(...call)).map(({ id }) => id)
  t.strictSame(await ids(), newestFirst)
  const pages: string[] = []
  for (;;) {
    const page = await ids({}, { limit: 7, ...(pages.length > 0 && { after: String(pages.at(-1)) }) })
    if (page.length === 0) break
    pages.push(...page)
  }
  t.strictSame(pages, newestFirst, 'page by page')
  for (const [query, matches] of [
    [{ directoryId: two }, ({ directoryId }: ScimRequestDraft) => directoryId === two],
    [{ directoryId: three }, () => false],
    [{ method: 'PATCH' }, ({ method }: ScimRequestDraft) => method === 'PATCH'],
    [{ statuses: { from: 400, to: 499 } }, ({ status }: ScimRequestDraft) => status === 401 || status === 404],
    [
      { statuses: { from: 503, to: 503 }, directoryId: one },
      (d: ScimRequestDraft) => d.status === 503 && d.directoryId === one,
    ],
    [{ since: new Date(now - 600_000) }, ({ requestId }: ScimRequestDraft) => newestFirst.indexOf(requestId) <= 10],
    [{ until: new Date(now - 600_000) }, ({ requestId }: ScimRequestDraft) => newestFirst.indexOf(requestId) > 10],
  ] as const) {
    const expected = drafts.filter(matches).map(({ requestId }) => requestId)
    t.strictSame(await ids(query), expected, JSON.stringify(query))
    t.equal(await count(query), expected.length)
  }
})

t.test('what is old goes, what is too much goes, in every organization', async (t) => {
  const { installation, acme, other, one, two, three } = await twoOrganizations(t)
  const { database } = installation
  const now = Date.now()
  const store = new ScimRequestStore(database, { rowsMax: 1_000_000 })
  const series = (directoryId: string, count: number) =>
    Array.from({ length: count }, (_, index) => draft(directoryId, { requestId: requestIdAt(now - index * hour) }))
  const drafts = [...series(one, 50), ...series(two, 5), ...series(three, 50)]
  await store.store(drafts)
  const prune = (hours: number, rowsMax: number) =>
    pruneScimRequests(database, { before: new Date(now - hours * hour), rowsMax, cause })
  const counts = async () => [
    await log(installation, acme).count({ directoryId: one }),
    await log(installation, acme).count({ directoryId: two }),
    await log(installation, other).count(),
  ]
  t.equal(await prune(100, 1_000), 0)
  t.equal(await prune(29.5, 1_000), 40)
  t.strictSame(await counts(), [30, 5, 30])
  t.equal(await prune(29.5, 20), 20)
  t.strictSame(await counts(), [20, 5, 20])
  const newest = drafts.slice(0, 20).map(({ requestId }) => requestId)
  t.strictSame(
    (await log(installation, acme).list({ directoryId: one })).map(({ id }) => id),
    newest,
  )
  t.equal(await prune(-1, 1_000), 45, 'with nothing to keep nothing stays')
})

t.test('a directory that is written a lot is cut back by the writer', async (t) => {
  const { installation, acme, one, two } = await twoOrganizations(t)
  const store = new ScimRequestStore(installation.database, { rowsMax: 300 })
  const last: string[] = []
  for (let batch = 0; batch < 21; batch++) {
    const drafts = Array.from({ length: 100 }, () => draft(one))
    last.push(...drafts.map(({ requestId }) => requestId))
    await store.store([...drafts, draft(two)])
  }
  const { list, count } = log(installation, acme)
  t.equal(await count({ directoryId: one }), 400, 'to the newest, and what came since')
  t.strictSame((await list({ directoryId: one })).map(({ id }) => id).reverse(), last.slice(-400).sort())
  t.equal(await count({ directoryId: two }), 21)
})

t.test('a directory that is being deleted holds up nobody', async (t) => {
  const { installation, acme, one, two } = await twoOrganizations(t)
  const store = new ScimRequestStore(installation.database, { rowsMax: 300 })
  const deleting = await connect(t, installation.testDatabase.superuserUrl)
  await deleting.query('BEGIN')
  await deleting.query('SELECT FROM directories WHERE directory_id = $1 FOR UPDATE', [one])
  await store.store([draft(one), draft(two)])
  t.equal(await log(installation, acme).count(), 1)
  await deleting.query('ROLLBACK')
})

t.test('no statement reads more of the logs than it needs, statistics or not', async (t) => {
  const { installation, acme, one, two, three } = await twoOrganizations(t)
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  const fill = async (directoryId: string, count: number) => {
    const store = new ScimRequestStore(installation.database, { rowsMax: 1_000_000 })
    await store.store(Array.from({ length: count }, () => draft(directoryId)))
  }
  await fill(three, 8_000)
  await fill(two, 8_000)
  await fill(one, 1_000)
  const { rows } = await superuser.query('SELECT request_id FROM scim_requests WHERE directory_id = $1', [one])
  const page = { after: undefined, limit: 100 }
  const { database, during } = await openExplainedPool(t, installation, {})
  const reading = (work: (reader: Reader) => Promise<unknown>) => () => read(database, acme, work)
  const store = new ScimRequestStore(database, { rowsMax: 990 })
  for (const analyzed of [false, true]) {
    if (analyzed) await superuser.query('ANALYZE')
    for (const [what, rowsMax, work] of [
      ['first page', 500, reading((reader) => listScimRequests(reader, {}, page))],
      ['one directory', 500, reading((reader) => listScimRequests(reader, { directoryId: one }, page))],
      ['by id', 10, reading((reader) => findScimRequest(reader, rows[0].request_id))],
      ['storing', 500, () => store.store(Array.from({ length: 100 }, () => draft(one)))],
      ['storing and cutting', 3_500, () => store.store(Array.from({ length: 1_000 }, () => draft(one)))],
    ] as const) {
      const statements = await during(work)
      t.ok(statements.length > 0)
      for (const { text, sequentialScans, mostRows, where } of statements) {
        const own = sequentialScans.filter((name) => name.startsWith('scim'))
        t.strictSame(own, [], text)
        t.ok(mostRows <= rowsMax, `${what}, ${analyzed}: ${mostRows} rows in ${where}: ${text.slice(0, 80)}`)
      }
    }
  }
})
