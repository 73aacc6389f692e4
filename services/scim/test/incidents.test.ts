import { findUser, listUsers, read, transact, updateOrganization } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import { startDirectory, startInstallation, type TestDirectory } from './support/installation.ts'
import { call, urns } from './support/scim-client.ts'

/**
 * What went wrong elsewhere, each as a test that would have caught it. Those about the management API (a missing
 * organization, contradicting ones) stand in services/admin/test/incidents.test.ts.
 */

const cause = { kind: 'system', id: 'test' } as const

type Stage = Pick<TestDirectory, 'scope'> & Awaited<ReturnType<typeof startDirectory>>

async function peopleOf({ installation, scope }: Pick<Stage, 'installation' | 'scope'>) {
  const page = { after: undefined, limit: 100 }
  const rows = await read(installation.database, scope, (reader) => listUsers(reader, {}, page))
  return rows.map(({ user }) => user)
}

t.test('1 · an externalId is opaque: it never stands for an id (Grafana CVE-2025-41115)', async (t) => {
  const stage = await startDirectory(t)
  const { client, installation, scope } = stage
  const victim = await client.addUser('victim', { title: 'Chief' })
  const [person] = await read(installation.database, scope, (reader) =>
    listUsers(reader, {}, { after: undefined, limit: 1 }),
  )
  for (const externalId of ['1', victim, person?.userId ?? '', toTypeId('user', person?.userId ?? newUuid())]) {
    const id = await client.addUser(`attacker-${externalId}`, { externalId, title: 'Attacker' })
    t.not(id, externalId)
    t.equal((await client.get(`/Users/${id}`)).body.externalId, externalId)
  }
  t.equal((await client.get('/Users/1')).status, 404)
  t.match((await client.get(`/Users/${victim}`)).body, { userName: 'victim', title: 'Chief' })
  t.match(await client.patch(`/Users/${victim}`, { op: 'replace', value: { externalId: '2' } }), { status: 200 })
  t.match(await read(installation.database, scope, (reader) => findUser(reader, person?.userId ?? '')), {
    username: 'victim',
    profile: { title: 'Chief' },
  })
  t.equal((await peopleOf(stage)).length, 5, 'each is somebody')
})

t.test('2 · an id of another organization is an unknown id (Grafana CVE-2026-92539)', async (t) => {
  const installation = await startInstallation(t)
  const [acme, other] = [await installation.addOrganization('Acme'), await installation.addOrganization('Other')]
  const [here, there] = [await installation.addDirectory(acme), await installation.addDirectory(other)]
  const foreign = await there.client.addUser('foreign')
  const foreignGroup = await there.client.addGroup('Foreign', [foreign])
  for (const [method, path, body] of everyUse(foreign, foreignGroup)) {
    const [answer, unknown] = [
      await here.client.send(method, path, body),
      await here.client.send(method, path.replace(/[0-9a-f-]{36}/, newUuid()), body),
    ]
    t.equal(answer.status, 404, `${method} ${path}`)
    t.equal(answer.text, unknown.text, 'byte for byte as an unknown one')
  }
  t.match((await there.client.get(`/Users/${foreign}`)).body, { userName: 'foreign' })
  t.same(await there.client.memberIds(foreignGroup), [foreign])
})

function everyUse(userId: string, groupId: string): [method: string, path: string, body?: unknown][] {
  const patch = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'remove', path: 'title' }],
  }
  return [
    ['GET', `/Users/${userId}`],
    ['PUT', `/Users/${userId}`, { schemas: [urns.user], userName: 'taken over' }],
    ['PATCH', `/Users/${userId}`, patch],
    ['DELETE', `/Users/${userId}`],
    ['GET', `/Groups/${groupId}`],
    ['PUT', `/Groups/${groupId}`, { schemas: [urns.group], displayName: 'taken over' }],
    ['PATCH', `/Groups/${groupId}`, { ...patch, Operations: [{ op: 'remove', path: 'members' }] }],
    ['DELETE', `/Groups/${groupId}`],
  ]
}

t.test('3 · who creates an existing user by address takes nothing over (GitLab CVE-2022-1680)', async (t) => {
  for (const linkByEmail of ['organization', 'verifiedDomains', 'never'] as const) {
    await t.test(`linkByEmail: ${linkByEmail}`, async (t) => {
      const stage = await startDirectory(t)
      const { client, installation, scope } = stage
      await transact(installation.database, scope, cause, (tx) => updateOrganization(tx, { linkByEmail }))
      const emails = [{ value: 'ceo@acme.test', primary: true }]
      await client.addUser('ceo@acme.test', { emails, name: { givenName: 'Grace' } })
      const [before] = await peopleOf(stage)
      const userId = String(before?.id)
      await transact(installation.database, scope, cause, async (tx) => {
        const { rows } = { rows: [{ organization_id: tx.organizationId, role_id: 'admin', source: 'manual' }] }
        const [person] = await listUsers(tx, {}, { after: undefined, limit: 1 })
        await tx.db
          .insertInto('user_roles')
          .values(rows.map((row) => ({ ...row, user_id: person?.userId ?? '' })))
          .execute()
      })
      const { client: attacker } = await installation.addDirectory(scope, { name: 'Attacker' })
      const fake = await attacker.addUser('mallory', { emails, name: { givenName: 'Mallory' } })
      const email = 'mallory@evil.test'
      await attacker.patch(`/Users/${fake}`, {
        op: 'replace',
        path: 'emails',
        value: [{ value: email, primary: true }],
      })
      const people = await peopleOf(stage)
      t.match(
        people.find(({ id }) => id === userId),
        { email: 'ceo@acme.test', firstName: 'Grace', state: 'active', roles: [{ id: 'admin', source: 'manual' }] },
        'neither address nor name nor role moved',
      )
      const others = people.filter(({ id }) => id !== userId)
      t.equal(others.length, linkByEmail === 'organization' ? 0 : 1, 'one person only where the rule says so')
      for (const other of others) t.match(other, { email, roles: [] }, 'who is somebody else has nothing of it')
      await attacker.send('DELETE', `/Users/${fake}`)
      t.match(
        (await peopleOf(stage)).find(({ id }) => id === userId),
        { state: 'active' },
        'and cannot be taken away',
      )
    })
  }
})

t.test('4 · a token reaches only what its directory holds (better-auth CVE-2026-67330)', async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const [own, sibling] = [await installation.addDirectory(scope), await installation.addDirectory(scope)]
  const user = await sibling.client.addUser('same@acme.test', { externalId: 'x' })
  const group = await sibling.client.addGroup('Same', [user])
  await own.client.addUser('same@acme.test', { externalId: 'x' })
  for (const [method, path, body] of everyUse(user, group)) {
    t.equal((await own.client.send(method, path, body)).status, 404, `${method} ${path}`)
  }
  const found = await own.client.find('/Users', 'externalId eq "x"')
  t.equal(found.body.totalResults, 1, 'the same key of the other directory is another one')
  t.not(found.body.Resources?.[0]?.id, user)
})

t.test('6 · no route answers without a token (Casdoor CVE-2025-4210)', async (t) => {
  const { installation, client } = await startDirectory(t)
  const prefix = new URL(client.baseUrl).pathname
  // What comes to /notifications shows the secret of its channel: notifications.test.ts.
  const open = /\/(healthz|readyz|notifications|ServiceProviderConfig|ResourceTypes|Schemas)(\/|$)/
  const routes = installation.routes.filter(({ url, method }) => !open.test(url) && method !== 'HEAD')
  t.ok(routes.length > 15, `${routes.length} routes`)
  for (const { method, url } of routes) {
    const path = url.replace(/^.*\/v2/, prefix).replaceAll(/:\w+|\*/g, newUuid())
    const answer = await call(`${installation.origin}${path}`, method)
    t.equal(answer.status, 401, `${method} ${url}`)
    t.ok(answer.headers.get('www-authenticate'))
  }
})

t.test(
  '8 · a foreign id joins no group, and deleting a user leaves the person to others (authentik GHSA-9m7q)',
  async (t) => {
    const stage = await startDirectory(t)
    const { client, installation, scope } = stage
    const { client: other } = await installation.addDirectory(scope, { name: 'Other' })
    const jane = await client.addUser('jane@acme.test', { emails: [{ value: 'jane@acme.test' }] })
    const same = await other.addUser('jane@acme.test', { emails: [{ value: 'jane@acme.test' }] })
    const [person] = await peopleOf(stage)
    const group = await client.addGroup('Admins')
    const foreign = [same, String(person?.id), newUuid()]
    for (const value of foreign)
      await client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] })
    t.same(await client.memberIds(group), [])
    t.match((await peopleOf(stage))[0], { groups: [] })
    t.equal((await client.send('DELETE', `/Users/${jane}`)).status, 204)
    const people = await peopleOf(stage)
    t.equal(people.length, 1)
    t.match(people[0], { id: person?.id, state: 'active' }, 'the other directory still holds her')
    t.equal((await other.get(`/Users/${same}`)).status, 200)
  },
)
