import t from 'tap'
import { entra } from '../src/entra/definition.ts'
import { positions } from '../src/entra/position.ts'
import { connectors, fetchEntraUsers } from '../src/index.ts'
import { failureOf } from './support/failure-of.ts'
import { hear, lastOf } from './support/hear.ts'
import { openTenant } from './support/open-entra.ts'

const jane = {
  userName: 'jane@acme.test',
  displayName: 'Jane Doe',
  profile: {
    givenName: 'Jane',
    surname: 'Doe',
    mail: 'Jane.Doe@acme.test',
    proxyAddresses: ['smtp:j.doe@acme.test', 'SMTP:Jane.Doe@acme.test', 'x500:/o=Acme', 'SIP:jane@acme.test'],
    otherMails: ['jane@home.test'],
    jobTitle: 'Engineer',
    department: 'R&D',
    employeeId: '4711',
    employeeHireDate: '2024-02-01T00:00:00Z',
    employeeOrgData: { costCenter: 'CC-9', division: null },
    officeLocation: '18/2111',
    city: 'Berlin',
    businessPhones: ['+49 30 1234'],
    mobilePhone: null,
    onPremisesExtensionAttributes: { extensionAttribute1: 'blue', extensionAttribute2: null },
  },
}

for (const readBy of ['delta', 'lists'] as const) {
  t.test(`users, managers and groups by ${readBy}`, async (t) => {
    const { graph, directory, open } = await openTenant(t, { tracksChanges: readBy === 'delta', listPerPage: 2 })
    const boss = directory.addUser({ userName: 'boss@acme.test', active: false })
    const report = directory.addUser({ ...jane, managerId: boss.id })
    const guest = directory.addUser({
      userName: 'guest_other.test#EXT#@acme.test',
      profile: { userType: 'Guest', mail: null },
    })
    const inner = directory.addGroup({ name: 'Inner', members: [report.id] })
    const outer = directory.addGroup({
      name: 'Outer',
      members: [inner.id, boss.id],
      profile: { description: 'All of them', groupTypes: ['Unified'], visibility: 'Private' },
    })
    const hidden = directory.addGroup({
      name: 'Secret',
      members: [boss.id],
      profile: { visibility: 'HiddenMembership' },
    })
    const connector = await open({ readBy })
    const { users, groups, members, pages } = await hear(connector.snapshot())
    t.equal(pages.at(-1)?.complete, 'all')

    const read = lastOf(users, report.id)
    t.match(read, { userName: 'jane@acme.test', displayName: 'Jane Doe', active: true })
    t.strictSame(
      read?.emails.map(({ value }) => value),
      ['Jane.Doe@acme.test', 'j.doe@acme.test', 'jane@home.test'],
      'each address once, the primary one first, and no other kinds',
    )
    const { userName: _userName, displayName, ...rest } = jane
    const { mobilePhone: _none, ...profile } = rest.profile
    t.strictSame(
      read?.attributes,
      {
        ...profile,
        id: report.id,
        displayName,
        userPrincipalName: 'jane@acme.test',
        userType: 'Member',
        accountEnabled: true,
        employeeOrgData: { costCenter: 'CC-9' },
        onPremisesExtensionAttributes: { extensionAttribute1: 'blue' },
        manager: { id: boss.id },
      },
      'the document in words of Graph, without what has no value',
    )
    t.equal(lastOf(users, boss.id)?.active, false)
    t.strictSame(lastOf(users, guest.id)?.emails, [], 'what a guest is called is no address')
    t.match(lastOf(groups, outer.id), {
      name: 'Outer',
      members: 'complete',
      attributes: { description: 'All of them' },
    })
    t.strictSame(members.get(outer.id)?.sort(), [inner.id, boss.id].sort(), 'groups in groups')
    t.strictSame(members.get(hidden.id), [boss.id], 'an app with Member.Read.Hidden sees them')
    t.match(await connector.check(), { userCount: 3, warnings: [] })

    const members_ = await hear((await open({ readBy, includeGuests: false })).snapshot())
    t.equal(lastOf(members_.users, guest.id), undefined)
    t.equal((await (await open({ readBy, includeGuests: false })).check()).userCount, 2)

    graph.permissions.delete('Member.Read.Hidden')
    const without = await hear((await open({ readBy })).snapshot())
    t.equal(lastOf(without.groups, hidden.id)?.members, 'unread', 'what is hidden is not taken for empty')
    t.equal(lastOf(without.groups, outer.id)?.members, 'complete')
  })
}

t.test('a group that is larger than a page is read whole', async (t) => {
  const { directory, open } = await openTenant(t, { groupRecordsPerPage: 7 })
  const ids = Array.from({ length: 20 }, (_, index) => directory.addUser({ userName: `u${index}@acme.test` }).id)
  const big = directory.addGroup({ name: 'Big', members: ids })
  const empty = directory.addGroup({ name: 'Empty' })
  const { pages, members, groups } = await hear((await open()).snapshot())
  t.strictSame(new Set(members.get(big.id)), new Set(ids))
  t.ok(pages.filter(({ upsert }) => upsert.some((record) => record.kind === 'membership')).length >= 4)
  t.equal(lastOf(groups, empty.id)?.members, 'complete')
  const said = groups.filter(({ id }) => id === big.id)
  t.ok(said.length >= 4 && said.every((group) => group.members === 'complete'))
})

t.test('members that are no people, and a group that goes while lists are read', async (t) => {
  const { graph, directory, open } = await openTenant(t, { tracksChanges: false, listPerPage: 3 })
  const user = directory.addUser({ userName: 'one@acme.test' })
  const kept = directory.addGroup({ name: 'Kept', members: [user.id] })
  const gone = directory.addGroup({ name: 'Gone', members: [user.id] })
  const device = { '@odata.type': '#microsoft.graph.device', id: '0f0f0f0f-0000-4000-8000-000000000001' }
  await graph.script({
    at: 3,
    onwards: true,
    does: (answer, { path }) => {
      if (path.includes(gone.id)) return { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }
      const body = answer.body as { value: object[] }
      return { ...answer, body: { ...body, value: [...body.value, device] } }
    },
  })
  const { groups, members } = await hear((await open({ readBy: 'lists' })).snapshot())
  t.strictSame(
    groups.map(({ id }) => id),
    [kept.id],
  )
  t.strictSame(members.get(kept.id), [user.id])
})

t.test('the fields, and what must be together', async (t) => {
  const { clientSecret, loginUrl: _login, graphUrl: _graph, ...app } = (await openTenant(t)).graph.config
  const refusals: [Parameters<NonNullable<typeof entra.assertConfig>>[0], RegExp][] = [
    [{ ...app }, /`clientSecret` is missing/],
    [{ ...app, clientSecret, privateKey: 'key-text' }, /`privateKey` and clientSecret exclude/],
    [{ ...app, clientSecret, clientCertificate: 'pem' }, /`clientCertificate` and clientSecret exclude/],
    [{ ...app, clientCertificate: 'pem', privateKey: 'key-text' }, /`clientCertificate` is no certificate/],
    [{ ...app, clientSecret, tenantId: 'Common' }, /`tenantId` is no tenant/],
    [{ ...app, clientSecret, graphUrl: 'https://[' }, /`graphUrl` is no URL/],
  ]
  for (const [config, words] of refusals) {
    t.throws(() => entra.assertConfig?.(config), { code: 'invalidValue', detail: words })
  }
  t.doesNotThrow(() => entra.assertConfig?.({ ...app, clientSecret }))
  t.equal(connectors.AZURE_AD, entra)
})

t.test('for scripts', async (t) => {
  const { graph, directory } = await openTenant(t)
  directory.addUser(jane)
  const users = await fetchEntraUsers(graph.config, { allowedHosts: [graph.host] })
  t.match(users, [{ userName: 'jane@acme.test', email: 'Jane.Doe@acme.test', active: true }])
  const error = await failureOf(fetchEntraUsers({ ...graph.config, tenantId: 'of/others' }, {}))
  t.match(error, { code: 'invalidValue' })
})

t.test('a user whose state cannot be read is a problem, and comes not to life', async (t) => {
  const { graph, directory, open } = await openTenant(t)
  const { id } = directory.addUser({ userName: 'jane@acme.test', active: false })
  for (const said of [null, undefined]) {
    await graph.script({
      at: 1,
      onwards: true,
      does: (answer) => {
        const body = answer.body as { value: object[] }
        return { ...answer, body: { ...body, value: body.value.map((one) => ({ ...one, accountEnabled: said })) } }
      },
    })
    for (const readBy of ['delta', 'lists'] as const) {
      const { users, problems } = await hear((await open({ readBy })).snapshot())
      t.equal(users.length, 0)
      t.match(problems, [{ key: { kind: 'user', id }, code: 'accountEnabledMissing' }])
    }
  }
})

t.test(
  'by lists, only what Graph says is gone is left out, and a round that goes on reads every page whole',
  async (t) => {
    const { graph, directory, open } = await openTenant(t, { tracksChanges: false, listPerPage: 3 })
    const ids = ['one', 'two', 'three', 'four'].map((name) => directory.addUser({ userName: `${name}@acme.test` }).id)
    const names = ['A', 'B', 'C', 'D', 'E', 'F']
    const groups = names.map((name) => directory.addGroup({ name, members: name === 'C' ? ids : [] }).id)
    const [, , large = ''] = groups
    await graph.script({
      at: 1,
      onwards: true,
      does: (answer, { path }) => (path.includes(large) ? { status: 404, body: '<html>' } : answer),
    })
    t.match(
      await failureOf(hear((await open({ readBy: 'lists' })).snapshot())),
      { code: 'protocol' },
      'a 404 of a gateway',
    )

    const checkpoint = positions.write(
      { round: 'snapshot', phase: 1, group: large },
      { ...graph.config, readBy: 'lists' },
    )
    await graph.script({
      at: 1,
      onwards: true,
      does: (answer, { path, query }) => {
        if (path !== '/v1.0/groups' || !query.has('$skiptoken')) return answer
        const body = answer.body as { value: object[] }
        return { ...answer, body: { ...body, value: [...body.value, { id: large, displayName: 'C' }] } }
      },
    })
    const heard = await hear((await open({ readBy: 'lists' })).snapshot(checkpoint))
    t.strictSame(
      heard.groups.map(({ name }) => name),
      ['D', 'E', 'F', 'C'],
      'also where one comes again',
    )
  },
)
