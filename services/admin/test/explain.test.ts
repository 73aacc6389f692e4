import { explainReasons } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import { addOrganization, addRequest, startInstallation } from './support/installation.ts'

t.test('a person is explained, and what is asked for in particular', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const explain = async (query = '') => {
    const answer = await call(acme.viewer, 'GET', `/api/users/${acme.userId}/explain${query}`)
    t.equal(answer.status, 200, query)
    return answer.body
  }
  const whole = await explain()
  const group = { id: acme.groupId, name: 'Acme staff' }
  t.match(whole, {
    userId: acme.userId,
    isComplete: true,
    state: {
      value: 'active',
      reason: 'decidingLinkActive',
      text: explainReasons.decidingLinkActive,
      links: [
        {
          directoryId: acme.directoryId,
          directory: { id: acme.directoryId, name: 'Acme SCIM', type: 'SCIM', status: 'PENDING' },
          active: true,
          activeInDirectory: true,
          hold: null,
          decides: true,
          reasons: [{ reason: 'counts', text: explainReasons.counts }],
        },
      ],
    },
    manager: { managerId: null, reason: 'noManagerReference' },
    groups: [{ ...group, directoryId: acme.directoryId, has: true, reason: 'member', way: [group], hold: null }],
    roles: [],
  })
  const attributes = whole.attributes as { name: string }[]
  t.strictSame(
    attributes.map(({ name }) => name),
    ['email', 'username'],
  )
  t.match(attributes[0], {
    source: 'directory',
    directoryId: acme.directoryId,
    reason: 'valueFromDirectory',
    losing: [],
  })
  t.strictSame(
    ['role', 'group', 'attribute'].filter((name) => name in whole),
    [],
  )
  const asked = await explain(`?role=developer&group=${acme.groupId}&attribute=email`)
  t.match(asked, {
    attributes: [{ name: 'email' }],
    role: { id: 'developer', has: false, sources: [], missing: [{ roleMappingId: null, reason: 'noMapping' }] },
    group: { ...group, has: true, reason: 'member' },
    attribute: { name: 'email', directories: [{ directoryId: acme.directoryId, reason: 'provided' }] },
  })
  const nowhere = toTypeId('group', newUuid())
  t.match(await explain(`?group=${nowhere}`), { group: { id: nowhere, has: false, reason: 'groupUnknown' } })
  for (const query of [
    'group=nonsense',
    'role=a%20b',
    'role=',
    'attribute=emailKey',
    'attribute=managerReference',
    'x=1',
  ]) {
    t.equal((await call(acme.viewer, 'GET', `/api/users/${acme.userId}/explain?${query}`)).status, 400, query)
  }
})

t.test('who is absent is explained by an address, a name or an id', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  const explain = async (query: string) => {
    const answer = await call(acme.viewer, 'GET', `/api/explain?${query}`)
    t.equal(answer.status, 200, query)
    return answer.body as unknown as { reasons: object[]; directoryUsers: Record<string, unknown>[]; users: object[] }
  }
  const found = await explain('email=ACME-0@example.test')
  t.match(found, {
    isComplete: true,
    reasons: [],
    directoryUsers: [
      {
        directoryId: acme.directoryId,
        userId: acme.userId,
        state: 'active',
        reasons: [{ reason: 'counts' }],
        lastRequestId: null,
      },
    ],
    users: [{ id: acme.userId, state: 'active', reason: 'heldByDirectory' }],
  })
  const directoryUserId = String(found.directoryUsers[0]?.directoryUserId)
  const requestId = await addRequest(installation, acme.directoryId, {
    method: 'PUT',
    path: `/Users/${directoryUserId}`,
  })
  for (const query of ['userName=acme-0@example.test', `directoryUserId=${directoryUserId}`]) {
    const [user] = (await explain(`${query}&directoryId=${acme.directoryId}`)).directoryUsers
    t.match(user, { directoryUserId, lastRequestId: requestId }, query)
  }
  const directory = { id: acme.directoryId, name: 'Acme SCIM' }
  const nobody = { reasons: [{ reason: 'neverSent' }, { reason: 'directoryUnused', directory }], users: [] }
  t.match(await explain('externalId=nobody'), nobody)
  const foreign = await call(operatorKey, 'POST', '/api/organizations', { name: 'Other' })
  const asOperator = await call(
    operatorKey,
    'GET',
    `/api/explain?organizationId=${foreign.body.id}&email=acme-0@example.test`,
  )
  t.match(asOperator.body, { directoryUsers: [], users: [], reasons: [{ reason: 'neverSent' }] })
  t.equal((asOperator.body.reasons as unknown[]).length, 1, 'it has no directory')
  for (const query of [
    '',
    'email=a&userName=b',
    'email=',
    'email=%00',
    'directoryUserId=x',
    'email=a&directoryId=x',
    'x=1',
  ]) {
    t.equal((await call(acme.viewer, 'GET', `/api/explain?${query}`)).status, 400, query)
  }
})

t.test('the description of the API names every reason', async (t) => {
  const { call } = await startInstallation(t)
  const { paths } = (await call(undefined, 'GET', '/api/openapi.json')).body as unknown as { paths: object }
  const described = JSON.stringify(paths)
  for (const path of ['/api/users/{id}/explain', '/api/explain']) t.ok(path in paths, path)
  t.strictSame(
    Object.keys(explainReasons).filter((reason) => !described.includes(`"${reason}"`)),
    [],
  )
})
