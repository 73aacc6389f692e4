import { createDirectory, createDirectoryGroup, createDirectoryUsers, transact } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import pg from 'pg'
import t from 'tap'
import { addOrganization, type Installation, rowsOf, startInstallation } from './support/installation.ts'

const people: JsonObject[] = [
  { userName: 'ada', name: { givenName: 'Ada', familyName: 'Lovelace' }, emails: [{ value: 'Ada@Acme.test' }] },
  { userName: 'blaise', name: { givenName: 'Blaise', familyName: 'Pascal' }, emails: [{ value: 'bp@acme.test' }] },
  {
    userName: 'grace',
    name: { givenName: 'Grace', familyName: 'Lovell' },
    emails: [{ value: 'gh@acme.test' }],
    active: false,
  },
]

/** A directory with three people, two of them in a group; the ids as the API says them. */
async function addDirectory({ database, scopeOf }: Installation, organizationId: string) {
  const directoryUserIds = people.map(() => newUuid())
  const groupId = newUuid()
  const directoryId = await transact(
    database,
    await scopeOf(organizationId),
    { kind: 'system', id: 'test' },
    async (tx) => {
      const directory = await createDirectory(tx, { name: 'Second', type: 'SCIM', scimProfile: 'compatible' })
      const drafts = people.map((document, at) => ({
        directoryUserId: directoryUserIds[at] ?? '',
        document: { active: true, ...document },
      }))
      await createDirectoryUsers(tx, directory.directoryId, drafts)
      const draft = { directoryGroupId: groupId, document: { displayName: 'Émigrés' }, uniqueName: true }
      await createDirectoryGroup(tx, directory.directoryId, draft, directoryUserIds.slice(0, 2))
      return directory.directoryId
    },
  )
  return { directoryId: toTypeId('directory', directoryId), groupId: toTypeId('group', groupId) }
}

t.test('people are searched, narrowed, paged and counted by every filter of the list', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const { directoryId, groupId } = await addDirectory(installation, acme.id)
  const superuser = new pg.Client({ connectionString: installation.superuserUrl })
  await superuser.connect()
  await superuser.query(`
    INSERT INTO user_roles SELECT organization_id, user_id, 'mathematician', source FROM users,
      (VALUES ('manual'), ('group:${newUuid()}')) AS s (source) WHERE email_key = 'bp@acme.test';
    UPDATE users u SET manager_id = m.user_id, attributes = u.attributes || '{"customAttributes.office":"Attic"}'
    FROM users m WHERE m.email_key = 'ada@acme.test' AND u.email_key = 'bp@acme.test'`)
  await superuser.end()
  const get = (path: string) => installation.call(acme.viewer, 'GET', path)
  const found = async (query: string) => {
    const names = rowsOf(await get(`/api/users?${query}`)).map(({ username }) => username)
    t.equal((await get(`/api/users/count?${query}`)).body.count, names.length, `count ${query}`)
    return names
  }
  const [ada] = rowsOf(await get('/api/users?email=ADA@acme.TEST'))
  const expected: Record<string, string[]> = {
    'email=ADA@acme.TEST': ['ada'],
    'q=LOVE': ['ada', 'grace'],
    'q=love%20gra': ['grace'],
    'q=ove': [],
    'q=love&state=active': ['ada'],
    'state=inactive': ['grace'],
    [`directoryId=${directoryId}`]: ['ada', 'blaise', 'grace'],
    [`groupId=${groupId}`]: ['ada', 'blaise'],
    [`groupId=${groupId}&q=b`]: ['blaise'],
    'roleId=mathematician': ['blaise'],
    [`managerId=${ada?.id}`]: ['blaise'],
    'source=manual': [],
    [`ids=${ada?.id},${toTypeId('user', newUuid())},${ada?.id}`]: ['ada'],
    [`ids=${Array.from({ length: 199 }, () => toTypeId('user', newUuid()))},${ada?.id}`]: ['ada'],
    [`groupId=${toTypeId('group', newUuid())}`]: [],
    [`managerId=${toTypeId('user', newUuid())}`]: [],
    [`directoryId=${toTypeId('directory', newUuid())}`]: [],
    'roleId=nobody': [],
  }
  for (const [query, names] of Object.entries(expected)) t.same(await found(query), names, query)
  await t.test('a person is shown with manager, custom attributes, pins and the sources of roles', async (t) => {
    const [blaise] = rowsOf(await get('/api/users?q=blaise'))
    t.match(blaise, { managerId: ada?.id, customAttributes: { office: 'Attic' }, pinned: [] })
    t.match(blaise?.roles, [
      { id: 'mathematician', source: /^group:group_/ },
      { id: 'mathematician', source: 'manual' },
    ])
  })
  await t.test('pages follow one another by the cursor', async (t) => {
    const first = await get(`/api/users?directoryId=${directoryId}&limit=2`)
    t.equal(first.body.nextCursor, rowsOf(first)[1]?.id)
    const second = await get(`/api/users?directoryId=${directoryId}&limit=2&after=${first.body.nextCursor}`)
    t.equal(second.body.nextCursor, null)
    t.same(
      [...rowsOf(first), ...rowsOf(second)].map(({ username }) => username),
      ['ada', 'blaise', 'grace'],
    )
  })
  await t.test('what is no id, no state, no search is refused', async (t) => {
    const tooMany = `ids=${Array.from({ length: 201 }, () => toTypeId('user', newUuid()))}`
    const refused = [
      tooMany,
      'ids=',
      `ids=${ada?.id},x`,
      'groupId=nonsense',
      `groupId=${ada?.id}`,
      'managerId=x',
      'directoryId=x',
      'state=gone',
      'source=x',
    ]
    for (const query of [...refused, 'q=', 'q=a%20b%20c%20d%20e%20f', 'q=%00', 'after=x', 'who=me']) {
      t.equal((await get(`/api/users?${query}`)).status, 400, query)
    }
  })
})

t.test('groups are found by the beginning of their name and by their people, and list them', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const { directoryId, groupId } = await addDirectory(installation, acme.id)
  const get = (path: string) => installation.call(acme.viewer, 'GET', path)
  const [ada, grace] = [rowsOf(await get('/api/users?q=ada'))[0]?.id, rowsOf(await get('/api/users?q=grace'))[0]?.id]
  const expected: Record<string, string[]> = {
    'q=%C3%A9MI': ['Émigrés'],
    'q=A': ['Acme staff'],
    'q=staff': [],
    'name=Acme%20staff': ['Acme staff'],
    'name=acme%20staff': [],
    [`directoryId=${directoryId}`]: ['Émigrés'],
    [`userId=${ada}`]: ['Émigrés'],
    [`userId=${grace}`]: [],
    [`userId=${toTypeId('user', newUuid())}`]: [],
  }
  for (const [query, names] of Object.entries(expected)) {
    t.same(
      rowsOf(await get(`/api/groups?${query}`)).map(({ name }) => name),
      names,
      query,
    )
    t.equal((await get(`/api/groups/count?${query}`)).body.count, names.length, `count ${query}`)
  }
  t.equal((await get('/api/groups?userId=nonsense')).status, 400)
  t.match((await get(`/api/groups/${groupId}`)).body, { name: 'Émigrés', userCount: 2 })
  const first = await get(`/api/groups/${groupId}/users?limit=1`)
  const second = await get(`/api/groups/${groupId}/users?limit=1&after=${first.body.nextCursor}`)
  t.same(
    [...rowsOf(first), ...rowsOf(second)].map(({ username }) => username),
    ['ada', 'blaise'],
  )
  t.equal(second.body.nextCursor, null)
  t.equal((await get(`/api/groups/${toTypeId('group', newUuid())}/users`)).status, 404)
})
