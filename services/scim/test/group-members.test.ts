import t from 'tap'
import { addManyUsers } from './support/add-many-users.ts'
import { eventsOf, startDirectory, startInstallation } from './support/installation.ts'
import { urns } from './support/scim-client.ts'

const sorted = (...ids: readonly string[]) => [...ids].sort()

/** What identity providers send to make members of `before` into `after`; `a`, `b`, `c` stand for users. */
const memberPatches: readonly { name: string; before: string; operations: (ids: Ids) => unknown[]; after: string }[] = [
  {
    name: 'Entra ID adds',
    before: 'a',
    operations: ({ b, c }) => [{ op: 'Add', path: 'members', value: [{ $ref: null, value: b }, { value: c }] }],
    after: 'abc',
  },
  {
    name: 'Entra ID removes by value',
    before: 'abc',
    operations: ({ a, c }) => [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: a }, { value: c }] }],
    after: 'b',
  },
  {
    name: 'Entra ID with flag removes by path',
    before: 'abc',
    operations: ({ a, b }) => [
      { op: 'remove', path: `members[value eq "${a}"]` },
      { op: 'remove', path: `members[value eq "${b}"]` },
    ],
    after: 'c',
  },
  {
    name: 'Okta removes and adds',
    before: 'ab',
    operations: ({ a, c }) => [
      { op: 'remove', path: `members[value eq "${a}"]` },
      { op: 'add', path: 'members', value: [{ value: c, display: 'c' }] },
    ],
    after: 'bc',
  },
  {
    name: 'Okta pushes an empty group',
    before: 'ab',
    operations: () => [{ op: 'replace', path: 'members', value: [] }],
    after: '',
  },
  {
    name: 'Okta replaces without a path',
    before: 'ab',
    operations: ({ group, c }) => [{ op: 'replace', value: { id: group, members: [{ value: c }] } }],
    after: 'c',
  },
  {
    name: 'authentik removes one by one, after a rename with everything else in it',
    before: 'abc',
    operations: ({ group, a, b }) => [
      { op: 'replace', value: { id: group, schemas: [urns.group], displayName: 'Team', externalId: '4' } },
      { op: 'remove', path: 'members', value: [{ value: a }] },
      { op: 'remove', path: 'members', value: [{ value: b }] },
    ],
    after: 'c',
  },
  {
    name: 'Ping wraps the list',
    before: 'abc',
    operations: ({ a }) => [{ op: 'remove', path: 'members', value: { members: [{ value: a }] } }],
    after: 'bc',
  },
  {
    name: 'JumpCloud sends one object',
    before: 'a',
    operations: ({ b }) => [{ op: 'add', path: 'members', value: { value: b } }],
    after: 'ab',
  },
  {
    name: 'a remove without a value empties',
    before: 'ab',
    operations: () => [{ op: 'remove', path: 'members' }],
    after: '',
  },
  {
    name: 'a remove of an empty list removes nobody',
    before: 'ab',
    operations: () => [{ op: 'remove', path: 'members', value: [] }],
    after: 'ab',
  },
  {
    name: 'several by one path',
    before: 'abc',
    operations: ({ a, b }) => [{ op: 'remove', path: `members[value eq "${a}" or value eq "${b}"]` }],
    after: 'c',
  },
  { name: 'by type', before: 'abc', operations: () => [{ op: 'remove', path: 'members[type eq "user"]' }], after: '' },
  {
    name: 'everybody but one',
    before: 'abc',
    operations: ({ b }) => [{ op: 'remove', path: `members[value ne "${b}"]` }],
    after: 'b',
  },
  {
    name: 'upper-case ids',
    before: 'ab',
    operations: ({ a, c }) => [
      { op: 'remove', path: 'members', value: [{ value: a.toUpperCase() }] },
      { op: 'add', path: 'members', value: [{ value: c.toUpperCase() }] },
    ],
    after: 'bc',
  },
]

interface Ids {
  a: string
  b: string
  c: string
  group: string
}

t.test('members change in every shape that identity providers send', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const [a, b, c] = [await client.addUser('a'), await client.addUser('b'), await client.addUser('c')]
  const idsIn = (letters: string) => sorted(...[...letters].map((letter) => ({ a, b, c })[letter] ?? ''))
  for (const { name, before, operations, after } of memberPatches) {
    await t.test(name, async (t) => {
      const group = await client.addGroup(name, idsIn(before))
      const patched = await client.patch(`/Groups/${group}`, ...operations({ a, b, c, group }))
      t.same([patched.status, patched.text], [204, ''], patched.text)
      t.same(await client.memberIds(group), idsIn(after))
      const version = before === after ? 'W/"1"' : 'W/"2"'
      t.equal((await client.get(`/Groups/${group}`)).headers.get('etag'), version)
      const { length } = await eventsOf(installation.database, scope)
      t.equal((await client.patch(`/Groups/${group}`, ...operations({ a, b, c, group }))).status, 204)
      t.same(await client.memberIds(group), idsIn(after), 'the same again changes nothing')
      t.equal((await client.get(`/Groups/${group}`)).headers.get('etag'), version)
      t.equal((await eventsOf(installation.database, scope)).length, length)
      t.equal((await client.send('DELETE', `/Groups/${group}`)).status, 204)
    })
  }
})

t.test('#43 members whom the directory does not know', async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const elsewhere = await installation.addDirectory(scope)
  const foreign = await elsewhere.client.addUser('foreign')
  const stranger = [foreign, crypto.randomUUID(), 'not an id', "'; DROP TABLE users; --"]
  for (const scimProfile of ['compatible', 'strict'] as const) {
    await t.test(scimProfile, async (t) => {
      const { client } = await installation.addDirectory(scope, { scimProfile })
      const known = await client.addUser('known')
      const group = await client.addGroup('Team')
      for (const id of stranger) {
        const value = [{ value: known }, { value: id }]
        const group2 = { schemas: [urns.group], displayName: id, members: value }
        for (const answer of [
          await client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value }),
          await client.patch(`/Groups/${group}`, { op: 'replace', path: 'members', value }),
          await client.send('PUT', `/Groups/${group}`, { ...group2, displayName: 'Team' }),
        ]) {
          if (scimProfile === 'strict') t.match(answer, { status: 400, body: { scimType: 'invalidValue' } }, id)
          else t.equal(answer.status, 204, id)
        }
        const created = await client.send('POST', '/Groups', group2)
        if (scimProfile === 'strict') {
          t.match(created, { status: 400, body: { scimType: 'invalidValue' } })
          t.match((await client.find('/Groups', `displayName eq ${JSON.stringify(id)}`)).body, { totalResults: 0 })
        } else {
          t.same(
            created.body.members?.map(({ value }) => value),
            [known],
          )
        }
        const removed = await client.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${id}"]` })
        t.equal(removed.status, 204, 'whom nobody knows is not in, which is no failure')
      }
      t.same(await client.memberIds(group), scimProfile === 'strict' ? [] : [known])
    })
  }
  t.notOk((await elsewhere.client.get(`/Users/${foreign}`)).body.groups)
})

t.test('#87 10,000 members in one PATCH take as many statements as one', async (t) => {
  let sent = 0
  const installation = await startInstallation(t, { onStatement: () => sent++ })
  const scope = await installation.addOrganization('Acme')
  const directory = await installation.addDirectory(scope)
  const { client } = directory
  const ids = await addManyUsers(installation, directory, 10_001)
  const one = await client.addGroup('One')
  const all = await client.addGroup('All')
  const statements = async (group: string, op: string, members: readonly string[]) => {
    const before = sent
    const value = members.map((id) => ({ value: id }))
    t.equal((await client.patch(`/Groups/${group}`, { op, path: 'members', value })).status, 204)
    return sent - before
  }
  // No time passes: the token, known by now, is not looked up again.
  t.intercept(performance, 'now', { value: () => 0 })
  for (const [op, few, many] of [
    ['add', ids.slice(0, 1), ids.slice(0, -1)],
    ['replace', ids.slice(1, 2), ids.slice(1)],
    ['remove', ids.slice(1, 2), ids.slice(1)],
  ] as const) {
    const needed = await statements(one, op, few)
    t.ok(needed > 3)
    t.equal(await statements(all, op, many), needed, `${op}: ${needed} statements`)
    t.same(await client.memberIds(all), op === 'remove' ? [] : sorted(...many))
  }
  const added = (await eventsOf(installation.database, scope)).flatMap(({ type, data }) =>
    type === 'directory.group.user_added' ? [(data.userIds as string[]).length] : [],
  )
  t.same(added, [1, ...Array.from({ length: 10 }, () => 1_000), 1, 1])
})
