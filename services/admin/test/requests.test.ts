import { newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { addOrganization, addRequest, rowsOf, startInstallation } from './support/installation.ts'

t.test('the SCIM request log is read by list, count and id', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  const { body: second } = await call(acme.admin, 'POST', '/api/directory', { name: 'Two', type: 'SCIM' })
  const refused = await addRequest(installation, second.id, {
    ...{
      method: 'GET',
      path: '/Groups',
      query: '{"filter":"displayName eq \\"[text 3]\\""}',
      status: 401,
      detail: 'No.',
    },
    ...{ requestBody: null, answerBody: '{"detail":"No."}', answerTruncated: true, skippedBefore: 2 },
  })
  const get = async (path: string) => {
    const answer = await call(acme.viewer, 'GET', `/api/requests${path}`)
    t.equal(answer.status, 200, path)
    return answer
  }
  const idsOf = async (query: string) => rowsOf(await get(query)).map(({ id }) => id)
  t.strictSame(await idsOf(''), [refused, acme.requestId], 'the newest first')
  const [newest] = rowsOf(await get('?limit=1'))
  t.match(newest, {
    id: refused,
    organizationId: acme.id,
    directoryId: second.id,
    timestamp: /^\d{4}-\d\d-\d\dT.*Z$/,
    durationMs: 1.25,
    method: 'GET',
    path: '/Groups',
    query: { filter: 'displayName eq "[text 3]"' },
    status: 401,
    scimType: null,
    detail: 'No.',
    skippedBefore: 2,
  })
  t.notOk(newest !== undefined && 'requestBody' in newest, 'bodies come one by one')
  t.match((await get('?limit=1')).body.nextCursor, refused)
  t.strictSame(await idsOf(`?limit=1&after=${refused}`), [acme.requestId])
  t.equal((await get(`?after=${refused}`)).body.nextCursor, null)
  const instant = encodeURIComponent(String(newest?.timestamp))
  for (const [query, ids] of [
    [`directoryId=${second.id}`, [refused]],
    ['status=401', [refused]],
    ['status=2xx', [acme.requestId]],
    ['status=5xx', []],
    ['method=POST', [acme.requestId]],
    [`since=${instant}&method=GET`, [refused]],
    [`until=${instant}&method=GET`, []],
    ['since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00%2B02:00', []],
  ] as const) {
    t.strictSame(await idsOf(`?${query}`), ids, query)
    t.strictSame((await get(`/count?${query}`)).body, { count: ids.length }, `count, ${query}`)
  }
  const whole = (await get(`/${refused}`)).body
  t.match(whole, { ...newest, requestBody: null, answerBody: { detail: 'No.' }, answerTruncated: true })
  t.match((await get(`/${acme.requestId}`)).body, { requestBody: { active: true }, requestTruncated: false })
  t.equal((await call(operatorKey, 'GET', `/api/requests/${refused}?organizationId=${acme.id}`)).status, 200)
  for (const query of [
    'after=x',
    'status=9xx',
    'status=20',
    'method=BREW',
    'since=yesterday',
    'limit=0',
    'x=1',
    'directoryId=x',
  ]) {
    t.equal((await call(acme.viewer, 'GET', `/api/requests?${query}`)).status, 400, query)
  }
  for (const id of [newUuid(), 'nonsense']) {
    t.equal((await call(acme.viewer, 'GET', `/api/requests/${id}`)).status, 404)
  }
})
