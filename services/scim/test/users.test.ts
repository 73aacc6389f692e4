import { toTypeId } from '@muster/runtime/type-ids'
import { comparisonKey } from '@muster/scim'
import t from 'tap'
import { expectedEvents, summarize } from './support/event-summary.ts'
import { eventsOf, startDirectory } from './support/installation.ts'
import { jane } from './support/jane.ts'
import { urns } from './support/scim-client.ts'

const noAttributes = {
  title: null,
  employeeId: null,
  department: null,
  manager: null,
  location: null,
  phoneNumber: null,
  startDate: null,
  costCenter: null,
}

t.test('a user lives: create, read, replace, patch, deactivate, delete, come again', async (t) => {
  const { client, installation, directoryId, scope } = await startDirectory(t, { name: 'Okta' })
  const organization = { id: toTypeId('organization', scope.organizationId), name: 'Acme', adminEmail: null }
  const directory = { id: toTypeId('directory', directoryId), name: 'Okta', type: 'SCIM', organization }
  let seen = 0
  /** The events since the last call. */
  const news = async () => {
    const events = await eventsOf(installation.database, scope, seen)
    seen += events.length
    return events.map(summarize)
  }

  const created = await client.send('POST', '/Users', {
    ...jane,
    password: 'hunter2!',
    id: 'mine',
    meta: { resourceType: 'User', version: '17' },
    groups: [],
    title: null,
  })
  const id = String(created.body.id)
  const location = `https://muster.test/scim/${new URL(client.baseUrl).pathname.split('/')[2]}/v2/Users/${id}`
  const [activated, ...firstNews] = await news()
  const userId = String((firstNews[0]?.data as { user?: { id?: string } } | undefined)?.user?.id)
  const person = {
    id: userId,
    email: 'jane@acme.test',
    firstName: 'Jane',
    lastName: 'Doe',
    username: 'Jane@Acme.test',
    state: 'active',
    organizationId: toTypeId('organization', scope.organizationId),
    organization: { id: toTypeId('organization', scope.organizationId), name: 'Acme' },
    directoryId: directory.id,
    directory: { id: directory.id, name: 'Okta' },
    idpId: '00u1',
    profile: { ...noAttributes, department: 'Sales', employeeId: '7' },
    managerId: null,
    customAttributes: {},
    groups: [],
    roles: [],
    pinned: [],
    metadata: {},
    createdAt: 'time',
    updatedAt: 'time',
    lastLoginAt: null,
    sessionsRevokedAt: null as null | string,
  }
  const meta = created.body.meta

  await t.test('created', async (t) => {
    t.equal(created.status, 201)
    t.equal(created.headers.get('content-type'), 'application/scim+json; charset=utf-8')
    t.equal(created.headers.get('location'), location)
    t.equal(created.headers.get('etag'), 'W/"1"')
    const { created: at, lastModified } = meta ?? {}
    t.equal(at, lastModified)
    t.same(created.body, {
      ...jane,
      id,
      meta: { resourceType: 'User', created: at, lastModified, location, version: 'W/"1"' },
    })
    t.notMatch(created.text, /hunter2|password/)
    t.match(activated, { type: 'directory.activated', sequence: 1, directoryId: directory.id, data: { directory } })
    t.same(
      firstNews,
      expectedEvents(1, directory.id, created, [
        ['directory.user.created', { user: person, directory }],
        ['directory.user.synced', { user: person, directory, rawAttributes: jane }],
      ]),
    )
  })

  await t.test('read', async (t) => {
    const read = await client.get(`/Users/${id}`)
    t.equal(read.status, 200)
    t.same(read.body, created.body)
    t.equal(read.headers.get('etag'), 'W/"1"')
    t.equal(read.headers.get('location'), location)
    t.same((await client.get('/Users')).body, {
      schemas: [urns.list],
      totalResults: 1,
      startIndex: 1,
      itemsPerPage: 1,
      Resources: [created.body],
    })
  })

  await t.test('a PUT of what is there changes nothing', async (t) => {
    const same = await client.send('PUT', `/Users/${id}`, created.body)
    t.equal(same.status, 200)
    t.same(same.body, created.body)
    t.same(await news(), [])
  })

  const replacement = { schemas: [urns.user], userName: 'jane@acme.test', name: { givenName: 'Janet' } }
  await t.test('#80 a PUT clears what it leaves out, except active', async (t) => {
    await client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    await news()
    const replaced = await client.send('PUT', `/Users/${id}`, { ...replacement, externalId: '00u2' })
    t.equal(replaced.status, 200)
    t.equal(replaced.headers.get('etag'), 'W/"3"')
    t.ok(String(replaced.body.meta?.lastModified) > String(meta?.lastModified))
    t.equal(replaced.body.meta?.created, meta?.created)
    const document = { ...replacement, externalId: '00u2', active: false }
    t.same({ ...replaced.body, meta: undefined }, { ...document, id, meta: undefined })
    // What nobody provides any more keeps its value: the person still has a family name and a department.
    const user = {
      ...person,
      state: 'inactive',
      firstName: 'Janet',
      username: 'jane@acme.test',
      idpId: '00u2',
      sessionsRevokedAt: 'time',
    }
    const changes = {
      firstName: { from: 'Jane', to: 'Janet' },
      username: { from: 'Jane@Acme.test', to: 'jane@acme.test' },
      idpId: { from: '00u1', to: '00u2' },
    }
    t.same(
      await news(),
      expectedEvents(seen - 2, directory.id, replaced, [
        ['directory.user.updated', { user, directory, changes }],
        ['directory.user.synced', { user, directory, rawAttributes: document }],
      ]),
    )
  })

  await t.test('a PATCH answers with the resource; one without effect leaves no trace', async (t) => {
    const patched = await client.patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'active', value: 'True' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'janet@acme.test' },
      { op: 'Replace', path: `${urns.enterprise}:department`, value: 'Sales' },
    )
    t.equal(patched.status, 200)
    t.match(patched.body, {
      schemas: [urns.user, urns.enterprise],
      active: true,
      emails: [{ value: 'janet@acme.test', type: 'work' }],
      meta: { version: 'W/"4"' },
    })
    const types = (await news()).map(({ type }) => type)
    t.same(types, ['directory.user.reactivated', 'directory.user.updated', 'directory.user.synced'])
    for (const operation of [
      { op: 'replace', value: { active: true, id, userName: 'jane@acme.test' } },
      { op: 'add', path: 'emails', value: [{ type: 'work', value: 'janet@acme.test' }] },
      { op: 'remove', path: 'nickName' },
      { op: 'remove', path: 'phoneNumbers[type eq "fax"]' },
    ]) {
      const again = await client.patch(`/Users/${id}`, operation)
      t.equal(again.status, 200)
      t.same(again.body, patched.body, JSON.stringify(operation))
    }
    t.same((await client.send('PATCH', `/Users/${id}`, { Operations: [] })).body, patched.body)
    t.same(await news(), [])
  })

  await t.test('#84 a PATCH happens as a whole or not at all', async (t) => {
    const before = await client.get(`/Users/${id}`)
    const failed = await client.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'displayName', value: 'Somebody' },
      { op: 'replace', path: 'id', value: 'x' },
    )
    t.match(failed, { status: 400, body: { status: '400', scimType: 'mutability' } })
    t.same((await client.get(`/Users/${id}`)).body, before.body)
    t.same(await news(), [])
  })

  await t.test('deleted, and then there is nothing of it', async (t) => {
    const deleted = await client.send('DELETE', `/Users/${id}`)
    t.equal(deleted.status, 204)
    t.equal(deleted.text, '')
    const [event, ...others] = await news()
    t.same(others, [])
    t.match(event, {
      type: 'directory.user.deleted',
      data: { user: { id: userId, state: 'inactive', sessionsRevokedAt: 'time' }, directory },
    })
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', replacement],
      ['PATCH', { Operations: [{ op: 'replace', path: 'active', value: false }] }],
      ['DELETE', undefined],
    ] as const) {
      const gone = await client.send(method, `/Users/${id}`, body)
      t.equal(gone.status, 404, method)
      t.same(gone.body, { schemas: [urns.error], status: '404', detail: 'There is no such User.' })
    }
    t.match((await client.find('/Users', 'userName eq "jane@acme.test"')).body, { totalResults: 0, Resources: [] })
    t.same(await news(), [])
  })

  await t.test('#98 the same userName can come again: another resource, the same person', async (t) => {
    const again = await client.send('POST', '/Users', { ...jane, emails: [{ value: 'Janet@acme.test' }] })
    t.equal(again.status, 201)
    t.not(again.body.id, id)
    const events = await news()
    t.match(events, [
      { type: 'directory.user.reactivated', data: { user: { id: userId, state: 'active' } } },
      { type: 'directory.user.updated' },
      { type: 'directory.user.synced', data: { rawAttributes: { userName: jane.userName } } },
    ])
    t.equal(events.length, 3)
  })
})

t.test('#34 #40 #45 a userName belongs to one user of the directory, in whatever case', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const other = await installation.addDirectory(scope)
  const first = await client.addUser('first@acme.test')
  const second = await client.addUser('Straße')
  const conflict = {
    schemas: [urns.error],
    status: '409',
    scimType: 'uniqueness',
    detail: 'Another user of this directory has this userName.',
  }
  const eventsBefore = (await eventsOf(installation.database, scope)).length
  for (const userName of ['first@acme.test', 'FIRST@Acme.Test', 'ﬁrst@acme.test', 'STRAßE']) {
    const answer = await client.send('POST', '/Users', { schemas: [urns.user], userName })
    t.equal(answer.status, 409, userName)
    t.same(answer.body, conflict)
  }
  for (const answer of [
    await client.patch(`/Users/${second}`, { op: 'replace', path: 'userName', value: 'FIRST@acme.test' }),
    await client.send('PUT', `/Users/${second}`, { schemas: [urns.user], userName: 'first@acme.test' }),
  ]) {
    t.equal(answer.status, 409)
    t.same(answer.body, conflict)
  }
  t.match((await client.get(`/Users/${second}`)).body, { userName: 'Straße', meta: { version: 'W/"1"' } })
  t.equal((await eventsOf(installation.database, scope)).length, eventsBefore, 'no event of what failed')
  t.match(await client.patch(`/Users/${first}`, { op: 'replace', path: 'userName', value: 'FIRST@acme.test' }), {
    status: 200,
    body: { userName: 'FIRST@acme.test', meta: { version: 'W/"2"' } },
  })
  t.ok(await other.client.addUser('first@acme.test'), 'another directory may have it, too')
})

t.test('#46 what a user may not be', async (t) => {
  const { client } = await startDirectory(t)
  const strict = await startDirectory(t, { scimProfile: 'strict' })
  for (const [body, scimType] of [
    [{ schemas: [urns.user] }, 'invalidValue'],
    [{ schemas: [urns.user], userName: ' ' }, 'invalidValue'],
    [{ schemas: [urns.user], userName: 7 }, 'invalidValue'],
    [{ schemas: [urns.user], userName: 'x'.repeat(801) }, 'invalidValue'],
    [
      {
        schemas: [urns.user],
        userName: 'x',
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
    ],
    [
      { schemas: [urns.user], userName: 'x', emails: Array.from({ length: 501 }, (_, n) => ({ value: `${n}` })) },
      'invalidValue',
    ],
    [[], 'invalidSyntax'],
  ] as const) {
    const answer = await client.send('POST', '/Users', body)
    t.match(answer, { status: 400, body: { scimType } }, JSON.stringify(body).slice(0, 80))
  }
  for (const body of [
    { userName: 'x' },
    { schemas: [urns.user], userName: 'x', shoeSize: 46 },
    { schemas: [urns.user, urns.group], userName: 'x' },
  ]) {
    t.match(await strict.client.send('POST', '/Users', body), { status: 400, body: { scimType: 'invalidSyntax' } })
    t.equal((await client.send('POST', '/Users', { ...body, userName: JSON.stringify(body) })).status, 201)
  }
  t.match(await client.send('PUT', `/Users/${crypto.randomUUID()}`, jane), { status: 404 }, 'a PUT never creates')
  t.match((await client.find('/Users', 'userName eq "jane@acme.test"')).body, { totalResults: 0 })
})

t.test('an identifier is indexed whatever it folds to', async (t) => {
  const { client } = await startDirectory(t)
  // The 800 characters that fold to the longest texts: 8 KB, too varied to be compressed to the 2,704 bytes of an entry.
  const size = (character: string) => Buffer.byteLength(comparisonKey(character))
  const text = Array.from({ length: 0xd7ff }, (_, unit) => String.fromCodePoint(unit))
    .sort((left, right) => size(right) - size(left))
    .slice(0, 800)
    .join('')
  for (const more of [{ userName: text }, { displayName: text }, { externalId: text }, { emails: [{ value: text }] }]) {
    const answer = await client.send('POST', '/Users', { schemas: [urns.user], userName: crypto.randomUUID(), ...more })
    t.ok([201, 400].includes(answer.status), `${Object.keys(more)}: ${answer.status}`)
  }
  t.ok([201, 400].includes((await client.send('POST', '/Groups', { schemas: [urns.group], displayName: text })).status))
})
