import { listUsers, read } from '@muster/repository'
import { times } from '@muster/testkit/effort'
import pg from 'pg'
import t from 'tap'
import { eventsOf, startDirectory, startInstallation } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { type Answer, type ScimClient, urns } from './support/scim-client.ts'

const parallel = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

function countStatuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

t.test('#34 #40 #45 100 parallel creates of one user make one', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  const body = { schemas: [urns.user], userName: 'jane@acme.test', emails: [{ value: 'jane@acme.test' }] }
  const answers = await parallel(100, () => client.send('POST', '/Users', body))
  t.same(countStatuses(answers), { 201: 1, 409: 99 })
  t.ok(answers.every(({ status, body }) => status === 201 || body.scimType === 'uniqueness'))
  t.match((await client.get('/Users')).body, { totalResults: 1 })
  const group = { schemas: [urns.group], displayName: 'Team' }
  t.same(countStatuses(await parallel(50, () => client.send('POST', '/Groups', group))), { 201: 1, 409: 49 })
  await isConsistent(t, installation.database, acme.scope)
})

t.test('one address in many users at once, in two directories: one person at most a directory', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  const { client: second } = await installation.addDirectory(acme.scope)
  const emails = [{ value: 'shared@acme.test' }]
  const answers = await parallel(40, (index) =>
    (index % 2 ? client : second).send('POST', '/Users', { schemas: [urns.user], userName: `user ${index}`, emails }),
  )
  t.same(countStatuses(answers), { 201: 40 })
  const users = await read(installation.database, acme.scope, (reader) =>
    listUsers(reader, {}, { after: undefined, limit: 100 }),
  )
  // Two directory users of one directory are never one person; one of each directory may be.
  t.ok(users.length === 39 || users.length === 40, `${users.length} people`)
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#84 #87 #89 64 parallel adds of one member each keep all 64', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  const ids = await parallel(64, (index) => client.addUser(`user ${index}`))
  const group = await client.addGroup('Team')
  const change = (op: string, id: string) =>
    client.patch(`/Groups/${group}`, { op, path: 'members', value: [{ value: id }] })
  t.same(countStatuses(await Promise.all(ids.map((id) => change('Add', id)))), { 204: 64 })
  t.same(await client.memberIds(group), [...ids].sort())
  t.equal((await client.get(`/Groups/${group}`)).headers.get('etag'), 'W/"65"')
  const [leaving, coming] = [ids.slice(0, 32), await parallel(32, (index) => client.addUser(`new ${index}`))]
  await Promise.all([...leaving.map((id) => change('Remove', id)), ...coming.map((id) => change('Add', id))])
  t.same(await client.memberIds(group), [...ids.slice(32), ...coming].sort())
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#84 #107 parallel PATCHes of one user all take effect', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  const id = await client.addUser('jane')
  const answers = await parallel(40, (index) =>
    client.patch(`/Users/${id}`, { op: 'add', path: 'roles', value: [{ value: `role ${index}` }] }),
  )
  t.same(countStatuses(answers), { 200: 40 })
  const { body, headers } = await client.get(`/Users/${id}`)
  t.equal((body.roles as unknown[]).length, 40)
  t.equal(headers.get('etag'), 'W/"41"')
  t.equal(new Set(answers.map(({ headers }) => headers.get('etag'))).size, 40, 'each saw a version of its own')
  const renames = await parallel(20, (index) =>
    client.patch(`/Users/${id}`, { op: 'replace', value: { userName: `u${index % 2}` } }),
  )
  t.same(countStatuses(renames), { 200: 20 })
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#117 two tenants over 32 connections never mix', async (t) => {
  const installation = await startInstallation(t, { connectionsMax: 32 })
  const tenants = await Promise.all(
    ['Acme', 'Rival'].map(async (name) => {
      const scope = await installation.addOrganization(name)
      return { name, ...(await installation.addDirectory(scope)) }
    }),
  )
  await parallel(120, async (index) => {
    const { client, name } = tenants[index % 2] ?? tenants[0] ?? { client: undefined, name: '' }
    if (client === undefined) return
    const id = await client.addUser(`user ${index >> 1}`, {
      title: name,
      emails: [{ value: `u${index >> 1}@acme.test` }],
    })
    const group = await client.addGroup(`group ${index >> 1}`, [id])
    const patched = await client.patch(`/Users/${id}`, { op: 'replace', value: { displayName: name } })
    t.equal(patched.body.title, name)
    t.match((await client.get(`/Users/${id}`)).body, { displayName: name, groups: [{ value: group }] })
    t.match((await client.find('/Users', `emails.value eq "u${index >> 1}@acme.test"`)).body, {
      totalResults: 1,
      Resources: [{ id }],
    })
  })
  const superuser = new pg.Client({ connectionString: installation.testDatabase.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  for (const { name, scope, client } of tenants) {
    const rows = await superuser.query(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE resource ->> 'title' = $2)::int AS own,
        count(DISTINCT directory_id)::int AS directories FROM directory_users WHERE organization_id = $1`,
      [scope.organizationId, name],
    )
    t.same(rows.rows, [{ rows: 60, own: 60, directories: 1 }])
    t.match((await client.get('/Users')).body, { totalResults: 60 })
    const events = await eventsOf(installation.database, scope)
    const foreign = events.filter(
      ({ type, data }) => type === 'directory.user.synced' && (data.rawAttributes as { title: string }).title !== name,
    )
    t.same(foreign, [])
    await isConsistent(t, installation.database, scope)
  }
})

t.test('#98 deletions race with everything that holds on to what they delete', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t, { connectionsMax: 20 })
  for (let round = 0; round < times(2, 20); round++) {
    const users = await parallel(6, (index) => client.addUser(`user ${round} ${index}`))
    const groups = await parallel(12, (index) => client.addGroup(`group ${round} ${index}`))
    const [doomedUsers, doomedGroups] = [users.slice(3), groups.slice(9)]
    const member = (id: string) => ({ op: 'add', path: 'members', value: [{ value: id }] })
    const answers = await Promise.all([
      ...groups.map((group) => client.patch(`/Groups/${group}`, ...users.map(member))),
      ...users.flatMap((user) => groups.map((group) => client.patch(`/Groups/${group}`, member(user)))),
      ...groups.slice(0, 9).map((group) => client.patch(`/Groups/${group}`, ...doomedGroups.map(member))),
      ...doomedUsers.map((user) => client.send('DELETE', `/Users/${user}`)),
      ...doomedUsers.map((user) =>
        client.patch(`/Users/${user}`, { op: 'replace', value: { title: 'x', active: false } }),
      ),
      ...doomedGroups.map((group) => client.send('DELETE', `/Groups/${group}`)),
      ...users.map((user) => client.patch(`/Users/${user}`, { op: 'replace', value: { title: `${round}` } })),
      ...groups.map((group) =>
        client.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${users[0]}"]` }),
      ),
    ])
    const counts = countStatuses(answers)
    t.same(
      Object.keys(counts).filter((status) => !['200', '204', '404'].includes(status)),
      [],
      JSON.stringify(counts),
    )
    for (const id of doomedUsers) t.equal((await client.get(`/Users/${id}`)).status, 404)
    for (const id of doomedGroups) t.equal((await client.get(`/Groups/${id}`)).status, 404)
    for (const id of groups.slice(0, 9)) {
      const members = await client.memberIds(id)
      t.same(
        members.filter((member) => [...doomedUsers, ...doomedGroups].includes(member)),
        [],
      )
    }
  }
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#58 #117 what SQL and LIKE find special is literal, in every tenant', async (t) => {
  const installation = await startInstallation(t, { connectionsMax: 32 })
  const special = ['100%', '100_', '1000', 'a%b', 'a_b', 'ab', '%', '_', 'ä%_', '$1', "o'neill", "'", '"', 'a"b']
  const names = [...special, 'a\\b', 'a\\\\b', '\\']
  const tenants = await parallel(2, async (index) => {
    const scope = await installation.addOrganization(`Tenant ${index}`)
    const { client } = await installation.addDirectory(scope)
    const users = await Promise.all(names.map((name) => client.addUser(name, { displayName: name })))
    const groups = await Promise.all(names.map((name) => client.addGroup(name)))
    return { client, users, groups }
  })
  const operators: Record<string, (text: string, wanted: string) => boolean> = {
    eq: (text, wanted) => text === wanted,
    co: (text, wanted) => text.includes(wanted),
    sw: (text, wanted) => text.startsWith(wanted),
    ew: (text, wanted) => text.endsWith(wanted),
  }
  const find = async (client: ScimClient, endpoint: string, filter: string) => {
    const { body } = await client.find(endpoint, filter, '&count=100')
    return (body.Resources ?? []).map(({ id }) => id).sort()
  }
  for (const { client, users, groups } of tenants) {
    const places = [
      ['/Users', 'userName', users],
      ['/Users', 'displayName', users],
      ['/Groups', 'displayName', groups],
    ] as const
    const cases = names.flatMap((wanted) =>
      Object.keys(operators).flatMap((operator) => places.map((place) => ({ wanted, operator, place }))),
    )
    const wrong = await Promise.all(
      cases.map(async ({ wanted, operator, place: [endpoint, attribute, ids] }) => {
        const found = await find(client, endpoint, `${attribute} ${operator} ${JSON.stringify(wanted)}`)
        const expected = ids.filter((_, at) => operators[operator]?.(names[at] ?? '', wanted)).sort()
        return found.join() === expected.join() ? [] : [`${attribute} ${operator} ${wanted}`]
      }),
    )
    t.same(wrong.flat(), [], `${cases.length} filters`)
  }
})
