import { toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import { expectedEvents, summarize } from './support/event-summary.ts'
import { eventsOf, startDirectory, type TestDirectory } from './support/installation.ts'
import { urns } from './support/scim-client.ts'

/** The id of the person behind each directory user, as events name it. */
async function personIds({ scope }: TestDirectory, database: Parameters<typeof eventsOf>[0]) {
  const events = await eventsOf(database, scope)
  const byUserName = new Map<string, string>()
  for (const { type, data } of events) {
    if (type !== 'directory.user.created') continue
    const user = data.user as { id: string; username: string }
    byUserName.set(user.username, user.id)
  }
  return (...userNames: string[]) => userNames.map((name) => byUserName.get(name) ?? name).sort()
}

t.test('a group lives: create with members, replace, rename, delete', async (t) => {
  const { installation, ...acme } = await startDirectory(t, { name: 'Okta' })
  const { client, directoryId, scope } = acme
  const { database } = installation
  const users = {
    anna: await client.addUser('anna', { displayName: 'Anna' }),
    ben: await client.addUser('ben'),
    off: await client.addUser('off', { active: false }),
  }
  const idsOf = await personIds(acme, database)
  let seen = (await eventsOf(database, scope)).length
  const news = async () => {
    const events = await eventsOf(database, scope, seen)
    seen += events.length
    return events.map(summarize)
  }
  const organization = { id: toTypeId('organization', scope.organizationId), name: 'Acme', adminEmail: null }
  const directory = { id: toTypeId('directory', directoryId), name: 'Okta', type: 'SCIM', organization }

  const created = await client.send('POST', '/Groups', {
    schemas: [urns.group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    displayName: 'Sales',
    externalId: 'g1',
    members: [{ value: users.anna, display: 'ignored', $ref: null }, { value: users.off }, { value: users.anna }],
  })
  const id = String(created.body.id)
  const baseUrl = String(created.body.meta?.location).replace(/\/Groups\/.*/, '')
  const group = {
    id: toTypeId('group', id),
    name: 'Sales',
    organizationId: toTypeId('organization', scope.organizationId),
    directoryId: directory.id,
    idpId: 'g1',
    createdAt: 'time',
    updatedAt: 'time',
  }
  const member = (value: string, display: string) => ({
    value,
    type: 'User',
    $ref: `${baseUrl}/Users/${value}`,
    display,
  })

  await t.test('created', async (t) => {
    t.equal(created.status, 201)
    t.equal(created.headers.get('location'), `${baseUrl}/Groups/${id}`)
    t.equal(created.headers.get('etag'), 'W/"1"')
    const meta = { ...created.body.meta, resourceType: 'Group', location: `${baseUrl}/Groups/${id}`, version: 'W/"1"' }
    const members = [member(users.anna, 'Anna'), member(users.off, 'off')]
    t.same(created.body, { schemas: [urns.group], displayName: 'Sales', externalId: 'g1', id, meta, members })
    t.same((await client.get(`/Groups/${id}`)).body, created.body)
    // Who is inactive has joined, but is in no group as a person.
    t.same(
      await news(),
      expectedEvents(seen - 2, directory.id, created, [
        ['directory.group.created', { group, directory }],
        ['directory.group.user_added', { group, directory, userIds: idsOf('anna') }],
      ]),
    )
    t.match((await client.get(`/Users/${users.anna}`)).body.groups, [
      { value: id, display: 'Sales', type: 'direct', $ref: `${baseUrl}/Groups/${id}` },
    ])
  })

  await t.test('a PUT says who the members are', async (t) => {
    const same = await client.send('PUT', `/Groups/${id}`, created.body)
    t.same([same.status, same.text], [204, ''])
    t.same(await news(), [])
    t.match((await client.get(`/Groups/${id}`)).body, { meta: created.body.meta })

    const put = await client.send('PUT', `/Groups/${id}?attributes=members,displayName`, {
      schemas: [urns.group],
      displayName: 'Sales & More',
      members: [{ value: users.ben }, { value: users.off }],
    })
    t.equal(put.status, 200)
    t.equal(put.headers.get('etag'), 'W/"2"')
    const members = [member(users.ben, 'ben'), member(users.off, 'off')]
    t.same(put.body, { schemas: [urns.group], id, displayName: 'Sales & More', members })
    const now = { ...group, name: 'Sales & More', idpId: null }
    const changes = { name: { from: 'Sales', to: 'Sales & More' }, idpId: { from: 'g1', to: null } }
    t.same(
      await news(),
      expectedEvents(seen - 3, directory.id, put, [
        ['directory.group.updated', { group: now, directory, changes }],
        ['directory.group.user_removed', { group: now, directory, userIds: idsOf('anna') }],
        ['directory.group.user_added', { group: now, directory, userIds: idsOf('ben') }],
      ]),
    )
    t.notOk((await client.get(`/Users/${users.anna}`)).body.groups)
  })

  await t.test('a PUT without members leaves none', async (t) => {
    const put = await client.send('PUT', `/Groups/${id}`, { schemas: [urns.group], displayName: 'Sales & More' })
    t.equal(put.status, 204)
    t.same(await client.memberIds(id), [])
    t.notOk((await client.get(`/Groups/${id}`)).body.members)
    t.match(await news(), [{ type: 'directory.group.user_removed', data: { userIds: idsOf('ben') } }])
  })

  await t.test('a member who is activated brings the group along', async (t) => {
    await client.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: users.off }] })
    t.same(await news(), [], 'nobody active joined')
    await client.patch(`/Users/${users.off}`, { op: 'replace', value: { active: true } })
    const [event] = await news()
    t.match(event, { type: 'directory.user.reactivated', data: { user: { groups: [{ id: group.id }] } } })
  })

  await t.test('deleted', async (t) => {
    const deleted = await client.send('DELETE', `/Groups/${id}`)
    t.same([deleted.status, deleted.text], [204, ''])
    t.match(await news(), [
      { type: 'directory.group.user_removed', data: { userIds: idsOf('off') } },
      { type: 'directory.group.deleted', data: { group: { id: group.id }, directory } },
    ])
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH']) {
      const body = { PUT: created.body, PATCH: { Operations: [] } }[method]
      const gone = await client.send(method, `/Groups/${id}`, body)
      t.equal(gone.status, 404, method)
      t.same(gone.body, { schemas: [urns.error], status: '404', detail: 'There is no such Group.' })
    }
    t.notOk((await client.get(`/Users/${users.off}`)).body.groups)
    t.same(await news(), [])
  })
})

t.test('what happens and is undone within one PATCH did not happen', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const [a, b] = [await client.addUser('a'), await client.addUser('b')]
  const group = await client.addGroup('Team', [a])
  const { length } = await eventsOf(installation.database, scope)
  const answer = await client.patch(
    `/Groups/${group}?attributes=members`,
    { op: 'add', path: 'members', value: [{ value: b }] },
    { op: 'remove', path: 'members' },
    { op: 'add', path: 'members', value: [{ value: a }] },
  )
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('etag'), 'W/"1"')
  t.same(
    answer.body.members?.map(({ value }) => value),
    [a],
  )
  t.same(
    (await eventsOf(installation.database, scope, length)).map(({ type }) => type),
    [],
  )
  const failed = await client.patch(
    `/Groups/${group}`,
    { op: 'remove', path: 'members' },
    { op: 'replace', path: 'displayName', value: '' },
  )
  t.match(failed, { status: 400, body: { scimType: 'invalidValue' } })
  t.same(await client.memberIds(group), [a], 'nor does what fails')
})

t.test('groups in groups', async (t) => {
  const { client } = await startDirectory(t)
  const anna = await client.addUser('anna')
  const inner = await client.addGroup('Inner', [anna])
  const outer = await client.addGroup('Outer', [inner, anna])
  const { body } = await client.get(`/Groups/${outer}`)
  const member = { value: inner, type: 'Group', display: 'Inner' }
  t.match(
    body.members?.find(({ value }) => value === inner),
    { ...member, $ref: new RegExp(`/v2/Groups/${inner}$`) },
  )
  t.same((await client.get(`/Users/${anna}`)).body.groups?.map(({ display }) => display).sort(), ['Inner', 'Outer'])
  t.match(await client.patch(`/Groups/${inner}`, { op: 'add', path: 'members', value: [{ value: inner }] }), {
    status: 400,
    body: { scimType: 'invalidValue' },
  })
  t.match((await client.find('/Groups', `id eq "${outer}" and members eq "${inner}"`)).body, { totalResults: 1 })
  t.equal((await client.patch(`/Groups/${inner}`, { op: 'replace', path: 'displayName', value: 'Core' })).status, 204)
  t.match((await client.get(`/Groups/${outer}`)).text, /"display":"Core"/)
  t.equal((await client.send('DELETE', `/Groups/${inner}`)).status, 204)
  t.same(await client.memberIds(outer), [anna])
  t.equal((await client.get(`/Groups/${outer}`)).headers.get('etag'), 'W/"2"', 'it lost a member')
  t.equal((await client.send('DELETE', `/Users/${anna}`)).status, 204)
  t.same(await client.memberIds(outer), [])
  t.equal((await client.get(`/Groups/${outer}`)).headers.get('etag'), 'W/"3"')
})

t.test('#59 #68 names and filters', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const anna = await client.addUser('anna')
  const sales = await client.addGroup('Sales', [anna])
  const legal = await client.addGroup('Legal')
  const group = { schemas: [urns.group], displayName: 'SALES' }
  const taken = { status: 409, body: { scimType: 'uniqueness', detail: /displayName/ } }
  t.match(await client.send('POST', '/Groups', group), taken)
  t.match(await client.send('PUT', `/Groups/${legal}`, group), taken)
  t.match(await client.patch(`/Groups/${legal}`, { op: 'replace', value: { displayName: 'sales' } }), taken)
  for (const [filter, expected] of [
    ['displayName eq "sales"', [sales]],
    ['displayName eq "Legal" or displayName eq "Sales"', [sales, legal]],
    ['not (displayName eq "Legal")', [sales]],
    [`members.value eq "${anna}"`, [sales]],
    [`id eq "${legal}" and members eq "${anna}"`, []],
    ['displayName eq "nobody"', []],
    ['externalId eq "x"', []],
    ['displayName co "A"', [sales, legal]],
    ['displayName sw "sal" and members pr', [sales]],
    ['members.display eq "ANNA"', [sales]],
    [`members[value eq "${anna}" and type eq "user"]`, [sales]],
    ['members[value eq "x"]', []],
  ] as const) {
    const { status, body } = await client.find('/Groups', filter, '&excludedAttributes=members')
    t.same([status, body.Resources?.map(({ id }) => id)], [200, expected], filter)
    t.ok(body.Resources?.every(({ members }) => members === undefined))
  }
  for (const filter of ['members[shoeSize eq 46]', 'userName eq "x"', '']) {
    t.match(await client.find('/Groups', filter), { status: 400, body: { scimType: 'invalidFilter' } }, filter)
  }
  t.match((await client.get('/Groups?count=1&startIndex=2')).body, {
    totalResults: 2,
    startIndex: 2,
    itemsPerPage: 1,
    Resources: [{ id: legal }],
  })

  const strict = await installation.addDirectory(scope, { scimProfile: 'strict' })
  const twins = [await strict.client.addGroup('Twin'), await strict.client.addGroup('twin')]
  t.match(
    (await strict.client.find('/Groups', 'displayName eq "TWIN"')).body.Resources,
    twins.map((id) => ({ id })),
  )
})
