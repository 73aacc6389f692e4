import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fakeGoogleCustomer, type GoogleProfile } from '@muster/testkit/fake-google'
import t from 'tap'
import { fetchGoogleUsers } from '../src/google/fetch-google-users.ts'
import { openSource } from '../src/google/google-source.ts'
import type { Page } from '../src/page.ts'
import { failsAs } from './support/failure-of.ts'
import { hear } from './support/hear.ts'
import { openAccount } from './support/open-google.ts'

/** Somebody of whom Google knows what the standard profile wants, in its own words. */
const janesProfile: GoogleProfile = {
  name: { givenName: 'Jane', familyName: 'Döe', fullName: 'Jane Döe' },
  aliases: ['J.Doe@acme.test'],
  emails: [
    { address: 'jane@acme.test', primary: true },
    { address: 'jane@home.test', type: 'home' },
    { address: 'doe@club.test', type: 'custom', customType: 'club' },
    { address: 'J.Doe@acme.test' },
    { address: 'jane@acme.test.test-google-a.com' },
  ],
  organizations: [{ title: 'Engineer', department: 'R&D', costCenter: 'C1', location: 'Bonn', primary: true }],
  externalIds: [{ value: '7', type: 'organization' }],
  phones: [{ value: '+49 1', type: 'work' }],
  locations: [{ type: 'desk', buildingId: 'B1', area: 'desk' }],
  orgUnitPath: "/Sales/Jane's",
  customSchemas: { Contract: { startDate: '2024-01-15' } },
}

t.test('users are read with all that Google knows of them, but for what changes by itself', async (t) => {
  const { fake, open } = await openAccount(t)
  const { directory } = fake
  const boss = directory.addUser({ userName: 'boss@acme.test', displayName: 'Big Boss', profile: { archived: true } })
  directory.addUser({
    userName: 'jane@acme.test',
    managerId: boss.id,
    profile: janesProfile as Record<string, unknown>,
  })
  directory.addUser({ userName: 'gone@acme.test', active: false })
  const connector = await open()
  const { users, pages } = await hear(connector.snapshot())
  t.equal(pages.at(-1)?.complete, 'all')
  t.strictSame(
    users.map(({ userName, active, displayName }) => [userName, active, displayName]),
    [
      ['boss@acme.test', false, 'Big Boss'],
      ['gone@acme.test', false, 'gone@acme.test'],
      ['jane@acme.test', true, 'Jane Döe'],
    ],
    'whoever is archived or suspended is not active, and the administrator is of another domain',
  )
  const jane = users[2]
  t.match(jane, {
    id: /^\d{21}$/,
    references: ['jane@acme.test', 'j.doe@acme.test', 'jane@acme.test.test-google-a.com'],
    emails: [
      { value: 'jane@acme.test' },
      { value: 'jane@home.test', type: 'home' },
      { value: 'doe@club.test', type: 'club' },
      { value: 'J.Doe@acme.test' },
    ],
    attributes: { ...janesProfile, primaryEmail: 'jane@acme.test', id: jane?.id },
  })
  t.equal(jane?.emails.length, 4, 'addresses come once, and those that Google makes do not')
  t.strictSame(jane?.attributes.relations, [{ value: 'boss@acme.test', type: 'manager' }])
  t.ok(users[0]?.references?.includes('boss@acme.test'), 'by which the manager is found')
  const left = ['etag', 'kind', 'lastLoginTime', 'thumbnailPhotoEtag', 'recoveryEmail', 'recoveryPhone']
  t.ok(left.every((name) => jane?.attributes[name] === undefined))
  t.strictSame((await hear(connector.snapshot())).users, users, 'nothing has changed by itself')

  t.match(await connector.check(), { userCount: 3, warnings: ['There are no groups.'] })
  const scripted = await fetchGoogleUsers(fake.config, { allowedHosts: ['127.0.0.1'] })
  t.strictSame(
    scripted.map(({ email }) => email),
    users.map(({ userName }) => userName),
  )
})

t.test('groups come with their direct members, whatever these are', async (t) => {
  const { fake, open } = await openAccount(t, { pageSizes: { groups: 3 } })
  const { directory } = fake
  const many = Array.from({ length: 1_500 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }).id)
  const team = directory.addGroup({ name: 'Team', members: [many[0] ?? '', 'stranger@Elsewhere.test'] })
  const all = directory.addGroup({ name: 'All', members: [fakeGoogleCustomer, team.id] })
  const empty = directory.addGroup({ name: 'Empty', profile: { aliases: ['nobody@acme.test'] } })
  const large = directory.addGroup({ name: 'Large', members: many })
  const nameless = directory.addGroup({ name: '', profile: { email: 'nameless@acme.test' } })
  directory.addGroup({ name: 'Elsewhere', profile: { email: 'else@admin.test' } })
  const { groups, members, pages } = await hear((await open()).snapshot())
  t.strictSame(groups.map(({ name }) => name).sort(), ['All', 'Empty', 'Large', 'Team', 'nameless@acme.test'])
  t.ok(groups.every((group) => group.members === 'complete'))
  t.strictSame(members.get(team.id), [many[0], 'stranger@elsewhere.test'])
  t.strictSame(
    [...new Set(members.get(all.id))].sort(),
    [...many, team.id].sort(),
    'the whole account is everybody who is read',
  )
  t.strictSame(members.get(large.id)?.sort(), [...many].sort())
  t.equal(members.get(empty.id), undefined)
  t.equal(members.get(nameless.id), undefined)
  t.ok(pages.every(({ upsert }) => upsert.length <= 1_000))
  const document = groups.find(({ id }) => id === empty.id)
  t.match(document, { references: [`${empty.id}@acme.test`, 'nobody@acme.test'] })
  t.equal(document?.attributes.directMembersCount, undefined)
})

t.test('a group that is deleted while it is read takes nobody along', async (t) => {
  const { fake, open } = await openAccount(t, { pageSizes: { members: 2 } })
  const { directory } = fake
  const ids = Array.from({ length: 5 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }).id)
  const early = directory.addGroup({ name: 'Early', members: ids })
  const late = directory.addGroup({ name: 'Late', members: ids })
  const connector = await open()
  await fake.script({
    at: 2,
    onwards: false,
    does: (answer) => {
      directory.removeGroup(early.id)
      return answer
    },
  })
  t.strictSame(
    (await hear(connector.snapshot())).groups.map(({ name }) => name),
    ['Late'],
    'listed, and gone before its members were asked for',
  )
  // The users, the groups, the first members; then it is gone.
  await fake.script({
    at: 3,
    onwards: false,
    does: (answer) => {
      directory.removeGroup(late.id)
      return answer
    },
  })
  const { groups, pages } = await hear(connector.snapshot())
  t.strictSame(
    groups.map(({ name, members }) => [name, members]),
    [
      ['Late', 'complete'],
      ['Late', 'unread'],
    ],
    'some of its members were read: nothing is said of them in the end',
  )
  t.equal(pages.at(-1)?.complete, 'all')
})

t.test('whoever is given another address while lists are read is not taken for missing', async (t) => {
  const { fake, open } = await openAccount(t, { pageSizes: { users: 2, groups: 2, members: 2 } })
  const { directory } = fake
  const ids = ['b', 'c', 'd', 'e', 'f'].map((name) => directory.addUser({ userName: `${name}@acme.test` }).id)
  const groups = ['b', 'c', 'd', 'e', 'f'].map((name) => {
    return directory.addGroup({ name, members: [fakeGoogleCustomer], profile: { email: `group-${name}@acme.test` } }).id
  })
  const connector = await open()
  const before = await hear(connector.snapshot())
  const checkpoints = new Set<string>()
  let moved = 0
  const pages: Page[] = []
  for await (const page of connector.snapshot()) {
    pages.push(page)
    checkpoints.add(page.checkpoint)
    // Behind the first pages of users and of groups, the last of each comes to the front.
    const [first] = page.upsert
    if (first?.kind === 'user' && moved === 0 && ++moved)
      directory.updateUser(ids[4] ?? '', { userName: 'a@acme.test' })
    if (first?.kind === 'group' && moved === 1 && ++moved)
      directory.updateGroup(groups[4] ?? '', { profile: { email: 'group-a@acme.test' } })
  }
  const read = (kind: 'user' | 'group') =>
    new Set(pages.flatMap(({ upsert }) => upsert.flatMap((one) => (one.kind === kind ? [one.id] : []))))
  t.strictSame([read('user').size, read('group').size], [4, 4], 'they went past')
  const seen = pages.flatMap(({ present = [] }) => present.map(({ kind, id }) => `${kind} ${id}`))
  t.ok(seen.includes(`user ${ids[4]}`) && seen.includes(`group ${groups[4]}`), 'and are known to be there')
  t.strictSame([before.users.length, before.groups.length], [5, 5])
  const half = pages.find(({ present = [] }) => present.some(({ kind }) => kind === 'group'))
  const rest = await hear((await open()).snapshot(half?.checkpoint))
  t.ok(
    rest.present.some(({ id }) => id === groups[4]),
    'also for whoever resumes there',
  )

  let lists = 0
  await fake.script({
    at: 1,
    onwards: true,
    does: (answer, { path, query }) => {
      const isFirst = path.endsWith('/users') && query.has('fields') && !query.has('pageToken')
      // Behind the users themselves, for the first group.
      if (isFirst && ++lists === 2) directory.updateUser(ids[3] ?? '', { userName: '0@acme.test' })
      return answer
    },
  })
  const { members } = await hear(connector.snapshot())
  t.ok(
    groups.every((id) => ids.every((user) => members.get(id)?.includes(user))),
    'nor is a member of everything',
  )
})

t.test('what is read is a domain, an account or an organizational unit', async (t) => {
  const { fake, open } = await openAccount(t)
  const { directory } = fake
  for (const [name, orgUnitPath] of [
    ['top', '/'],
    ['sales', '/Sales'],
    ['shop', "/Sales/Jane's"],
    ['salesforce', '/Salesforce'],
  ]) {
    directory.addUser({ userName: `${name}@acme.test`, profile: { orgUnitPath } })
  }
  directory.addGroup({ name: 'Ours' })
  directory.addGroup({ name: 'Theirs', profile: { email: 'theirs@admin.test' } })
  const read = async (config: Parameters<typeof open>[0]) => {
    const { users, groups } = await hear((await open(config)).snapshot())
    return [...users.map(({ userName }) => userName.split('@')[0]).sort(), ...groups.map(({ name }) => name).sort()]
  }
  t.strictSame(await read({}), ['sales', 'salesforce', 'shop', 'top', 'Ours'])
  const everything = ['admin', 'sales', 'salesforce', 'shop', 'top', 'Ours', 'Theirs']
  t.strictSame(await read({ wholeCustomer: true }), everything)
  t.strictSame(await read({ wholeCustomer: true, customerId: fakeGoogleCustomer }), everything)
  t.strictSame(await read({ orgUnitPath: '/Sales' }), ['sales', 'shop', 'Ours'])
  t.strictSame(await read({ orgUnitPath: "/Sales/Jane's" }), ['shop', 'Ours'])
  const codes = { domain: 'other.test', orgUnitPath: '/Nowhere' }
  await failsAs(t, read({ domain: codes.domain }), 'configuration', 'a domain that is not of the account')
  t.strictSame(await read({ orgUnitPath: codes.orgUnitPath }), ['Ours'], 'an empty unit is empty')
  t.match((await (await open({ orgUnitPath: codes.orgUnitPath })).check()).warnings, [/^Nobody/])
})

t.test('an empty list is believed only where it may be', async (t) => {
  const { fake, open } = await openAccount(t)
  fake.directory.addUser({ userName: 'jane@acme.test' })
  const nobody = { body: { kind: 'admin#directory#users', etag: '"none"' } }
  const hide = (account: boolean) =>
    fake.script({
      at: 1,
      onwards: true,
      does: (answer, { path, query }) =>
        path.endsWith('/users') && (account || query.has('domain')) ? nobody : answer,
    })
  const [ofDomain, ofAccount] = [await open(), await open({ wholeCustomer: true })]
  await hide(true)
  for (const connector of [ofDomain, ofAccount]) {
    await failsAs(t, hear(connector.snapshot()), 'permission', 'not even the administrator')
    await failsAs(t, connector.check(), 'permission')
  }
  await hide(false)
  t.strictSame((await hear(ofDomain.snapshot())).users, [], 'a domain that has nobody, of an account that has')
  fake.admins.clear()
  await failsAs(t, hear(ofDomain.snapshot()), 'permission', 'whoever asks is no administrator any more')
})

t.test('the fake says nothing that Google does not', async (t) => {
  const { fake, context } = await openAccount(t)
  const { directory } = fake
  const boss = directory.addUser({ userName: 'boss@acme.test' })
  const jane = directory.addUser({ userName: 'jane@acme.test', managerId: boss.id, profile: janesProfile as never })
  const group = directory.addGroup({ name: 'Team', members: [jane.id, fakeGoogleCustomer, 'stranger@elsewhere.test'] })
  const { ask } = openSource(fake.config, context)
  const domain = 'acme.test'
  const users = await ask((api) => api.users.list({ domain, maxResults: 500 }))
  const groups = await ask((api) => api.groups.list({ domain }))
  const members = await ask((api) => api.members.list({ groupKey: group.id }))
  const address = 'http://127.0.0.1:1/'
  const requestBody = { id: 'channel', type: 'web_hook', address, token: 'token' }
  const channel = await ask((api) => api.users.watch({ domain, event: 'add', requestBody }))
  const declared = await declaredFields()
  const parts = ['name', 'emails', 'organizations', 'relations', 'phones', 'externalIds', 'locations'] as const
  const schemas = {
    name: 'UserName',
    emails: 'UserEmail',
    organizations: 'UserOrganization',
    relations: 'UserRelation',
  }
  const more = { phones: 'UserPhone', externalIds: 'UserExternalId', locations: 'UserLocation' }
  const documents: [string, readonly (object | undefined)[]][] = [
    ['Users', [users]],
    ['Groups', [groups]],
    ['Members', [members]],
    ['Channel', [channel]],
    ['User', users.users ?? []],
    ['Group', groups.groups ?? []],
    ['Member', members.members ?? []],
    ...parts.map((part): [string, object[]] => {
      return [{ ...schemas, ...more }[part], (users.users ?? []).flatMap((user) => user[part] ?? [])]
    }),
  ]
  for (const [schema, shown] of documents) {
    const fields = declared.get(schema)
    t.ok(shown.length > 0 && fields !== undefined, schema)
    const unknown = shown.flatMap((document) => Object.keys(document ?? {})).filter((name) => !fields?.has(name))
    t.strictSame(unknown, [], schema)
  }
})

/** The fields of Google's schemas, by the types that are generated from its discovery document. */
async function declaredFields(): Promise<Map<string, Set<string>>> {
  const path = createRequire(import.meta.url).resolve('googleapis/build/src/apis/admin/directory_v1.js')
  const text = await readFile(path.replace(/\.js$/, '.d.ts'), 'utf8')
  const schemas = text.matchAll(/interface Schema\$(\w+) \{\n([\s\S]*?)^ {4}\}/gm)
  return new Map(
    [...schemas].map(([, name = '', body = '']) => {
      return [name, new Set([...body.matchAll(/^ {8}(\w+)\?:/gm)].map(([, field = '']) => field))]
    }),
  )
}
