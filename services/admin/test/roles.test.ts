import t from 'tap'
import { addOrganization, type Body, rowsOf, startInstallation } from './support/installation.ts'

const rolesIn = (body: Body) => body.roles as { id: string; source: string }[]

t.test('roles by hand and by mappings, listed and taken away', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const path = `/api/users/${acme.userId}/roles`
  const rule = { groupName: 'ACME STAFF', roleIds: ['editor', 'viewer'] }
  const preview = (body: object) => call(acme.admin, 'POST', '/api/role-mappings/preview', body)
  t.strictSame((await preview({ mapping: rule })).body, {
    roles: [
      { roleId: 'editor', gaining: 2, losing: 0 },
      { roleId: 'viewer', gaining: 2, losing: 0 },
    ],
  })
  const made = await call(acme.admin, 'POST', '/api/role-mappings', rule)
  t.match(made, { status: 201, body: { id: /^rolemap_/, ...rule, groupId: null, directoryId: null, settlement: null } })
  const { settlement, ...mapping } = made.body
  const own = `/api/role-mappings/${made.body.id}`
  t.strictSame((await call(acme.viewer, 'GET', own)).body, mapping)
  t.match(rowsOf(await call(acme.viewer, 'GET', '/api/role-mappings')), [{ groupName: 'Nobody is here' }, mapping])
  t.strictSame((await call(acme.viewer, 'GET', '/api/role-mappings/count')).body, { count: 2 })

  const source = `group:${acme.groupId}`
  const assigned = await call(acme.admin, 'POST', path, { roleId: 'editor' })
  t.equal(assigned.status, 201)
  t.strictSame(rolesIn(assigned.body), [
    { id: 'editor', source },
    { id: 'editor', source: 'manual' },
    { id: 'viewer', source },
  ])
  t.equal((await call(acme.admin, 'POST', path, { roleId: 'editor' })).status, 200, 'again')
  t.equal((await call(acme.admin, 'POST', path, { roleId: 'not a role' })).status, 400)
  const removed = await call(acme.admin, 'DELETE', `${path}/editor`)
  t.strictSame(rolesIn(removed.body), [
    { id: 'editor', source },
    { id: 'viewer', source },
  ])
  for (const role of ['editor', 'nothing', 'no%20role']) {
    t.equal((await call(acme.admin, 'DELETE', `${path}/${role}`)).status, 404, role)
  }

  t.strictSame(rowsOf(await call(acme.viewer, 'GET', '/api/roles')), [
    { id: 'editor', users: 2, mappings: 1 },
    { id: 'nobody', users: 0, mappings: 1 },
    { id: 'viewer', users: 2, mappings: 1 },
  ])
  const first = await call(acme.viewer, 'GET', '/api/roles?limit=2')
  t.equal(first.body.nextCursor, 'nobody')
  t.match((await call(acme.viewer, 'GET', '/api/roles?limit=2&after=nobody')).body, {
    data: [{ id: 'viewer' }],
    nextCursor: null,
  })
  t.strictSame((await call(acme.viewer, 'GET', '/api/roles/count')).body, { count: 3 })

  const byId = { groupId: acme.groupId, directoryId: acme.directoryId }
  const changed = await call(acme.admin, 'PATCH', own, byId)
  t.match(changed, { status: 200, body: { ...byId, groupName: null, roleIds: rule.roleIds } })
  t.strictSame((await call(acme.admin, 'PATCH', own, {})).body, changed.body, 'nothing changes')
  t.match((await call(acme.admin, 'PATCH', own, { roleIds: ['viewer'] })).body, { ...byId, roleIds: ['viewer'] })
  t.strictSame((await preview({ id: made.body.id, mapping: null })).body, {
    roles: [{ roleId: 'viewer', gaining: 0, losing: 2 }],
  })
  t.equal((await call(acme.admin, 'DELETE', own)).status, 204)
  t.equal((await call(acme.admin, 'DELETE', own)).status, 404)
  t.equal((await preview({ id: made.body.id, mapping: null })).status, 404)
  t.strictSame(rolesIn((await call(acme.viewer, 'GET', `/api/users/${acme.userId}`)).body), [])
  const entries = rowsOf(await call(acme.admin, 'GET', `/api/audit?target=${made.body.id}`))
  t.match(
    entries.map(({ action }) => action),
    ['role_mapping.delete', 'role_mapping.update', 'role_mapping.update', 'role_mapping.create'],
  )
  t.notMatch(JSON.stringify(entries), /STAFF/, 'the name of a group is a text')
})

t.test('a mapping that leads nowhere is refused with one text, whether the id is foreign or nonsense', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const [acme, other] = [await addOrganization(installation, 'Acme'), await addOrganization(installation, 'Other')]
  const refuse = async (body: object) => {
    const answer = await call(acme.admin, 'POST', '/api/role-mappings', { roleIds: ['a'], ...body })
    t.equal(answer.status, 400, JSON.stringify(body))
    return answer.body.detail
  }
  t.equal(await refuse({ groupId: other.groupId }), await refuse({ groupId: 'nonsense' }))
  t.equal(
    await refuse({ groupName: 'x', directoryId: other.directoryId }),
    await refuse({ groupName: 'x', directoryId: 'nonsense' }),
  )
  await refuse({})
  await refuse({ groupName: 'x', groupId: acme.groupId })
  await refuse({ groupName: 'x', roleIds: [] })
  await refuse({ groupName: 'x', roleIds: ['not a role'] })
  t.strictSame((await call(acme.viewer, 'GET', '/api/role-mappings/count')).body, { count: 1 })
})
