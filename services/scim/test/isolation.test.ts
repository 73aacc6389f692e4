import t, { type Test } from 'tap'
import { eventsOf, type Installation, startInstallation, type TestDirectory } from './support/installation.ts'
import { type Answer, call, urns } from './support/scim-client.ts'

interface Tenant extends TestDirectory {
  user: string
  group: string
}

/** Ours, another directory of the same organization, and one of another organization; the same names in all three. */
async function startTenants(t: Test, scimProfile: 'compatible' | 'strict') {
  const installation = await startInstallation(t)
  const [acme, rival] = [await installation.addOrganization('Acme'), await installation.addOrganization('Rival')]
  const tenants: Tenant[] = []
  for (const [name, scope] of [
    ['ours', acme],
    ['sibling', acme],
    ['stranger', rival],
  ] as const) {
    const directory = await installation.addDirectory(scope, { name, scimProfile })
    const user = await directory.client.addUser(name, { displayName: 'Jane', externalId: 'x', emails: emailOf(name) })
    const group = await directory.client.addGroup(name, [user])
    tenants.push({ ...directory, user, group })
  }
  const [ours, sibling, stranger] = tenants
  if (!ours || !sibling || !stranger) throw new Error('A directory is missing')
  return { installation, ours, others: { sibling, stranger } }
}

function emailOf(name: string) {
  return [{ value: `${name}@acme.test`, type: 'work' }]
}

/** The routes below the base URL, as method and path with `:id` in it. */
function scimRoutes({ routes }: Installation): { method: string; path: string }[] {
  const prefix = '/scim/:key/v2'
  return routes
    .filter(({ url }) => url.startsWith(prefix))
    .map(({ method, url }) => ({ method, path: url.slice(prefix.length) }))
}

/** A body with which the route would succeed. */
function bodyFor(method: string, path: string): unknown {
  if (method === 'PATCH') return { Operations: [{ op: 'replace', value: { displayName: 'Changed' } }] }
  if (method !== 'POST' && method !== 'PUT') return undefined
  return path.startsWith('/Users')
    ? { schemas: [urns.user], userName: 'changed' }
    : { schemas: [urns.group], displayName: 'Changed' }
}

/** Everything a client can see of an answer, except what differs by design. */
function visible({ status, text, headers }: Answer) {
  const shown = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id')
  return { status, text, headers: shown.sort() }
}

/** All that directories hold, and how many events their organizations have. */
async function stateOf({ database }: Installation, tenants: readonly Tenant[]) {
  const states = tenants.map(async ({ client, scope }) => ({
    users: (await client.get('/Users')).body,
    groups: (await client.get('/Groups')).body,
    events: (await eventsOf(database, scope)).length,
  }))
  return Promise.all(states)
}

t.test('#23 #117 every route wants the token of its own directory', async (t) => {
  const { installation, ours, others } = await startTenants(t, 'compatible')
  const routes = scimRoutes(installation)
  t.ok(routes.length >= 20, `${routes.length} routes`)
  t.ok(routes.filter(({ path }) => path.includes(':id')).length >= 8)
  const all = [ours, ...Object.values(others)]
  const before = await stateOf(installation, all)
  for (const { method, path } of routes) {
    const id = path.startsWith('/Groups') ? ours.group : ours.user
    const url = `${ours.client.baseUrl}${path.replace(':id', id)}`
    const body = bodyFor(method, path)
    const none = await call(url, method, { body })
    const isDiscovery = /^\/(ServiceProviderConfig|ResourceTypes|Schemas)/.test(path)
    if (isDiscovery) t.not(none.status, 401, `${method} ${path} is for everybody`)
    else t.equal(none.status, 401, `${method} ${path} without a token`)
    const answers = []
    for (const [name, { client }] of Object.entries(others)) {
      const answer = await call(url, method, { body, token: client.token })
      t.equal(answer.status, 401, `${method} ${path} with the token of the ${name}`)
      answers.push(visible(answer))
    }
    t.same(answers[0], answers[1])
  }
  t.same(await stateOf(installation, all), before, 'and nothing has changed anywhere')
  for (const { url, method, config } of installation.routes) {
    if (url.startsWith('/scim/')) continue
    t.ok(config.public, `${method} ${url} is public on purpose`)
  }
})

for (const scimProfile of ['compatible', 'strict'] as const) {
  t.test(`#117 an id of somebody else is an unknown id (${scimProfile})`, async (t) => {
    const { installation, ours, others } = await startTenants(t, scimProfile)
    const all = [ours, ...Object.values(others)]
    const routes = scimRoutes(installation).filter(({ path }) => path.includes(':id'))
    const before = await stateOf(installation, all)
    let compared = 0
    for (const { method, path } of routes) {
      if (!/^\/(Users|Groups)\//.test(path)) continue
      const body = bodyFor(method, path) ?? undefined
      const ask = async (id: string, query = '') =>
        visible(await ours.client.send(method, `${path.replace(':id', id)}${query}`, withSchemas(body)))
      for (const query of ['', '?attributes=displayName,members,groups']) {
        const unknown = await ask(crypto.randomUUID(), query)
        t.equal(unknown.status, 404, `${method} ${path}`)
        const ids = [
          ...Object.values(others).flatMap(({ user, group }) => [user, group]),
          'no-id',
          "' OR true --",
          '%00',
        ]
        for (const id of [...ids, path.startsWith('/Users') ? ours.group : ours.user]) {
          t.same(await ask(id, query), unknown, `${method} ${path} ${id}`)
          compared++
        }
      }
    }
    t.ok(compared >= 100, `${compared} comparisons`)
    t.same(await stateOf(installation, all), before)
  })

  t.test(`#43 #117 nobody else becomes a member, nor shows as one (${scimProfile})`, async (t) => {
    const { installation, ours, others } = await startTenants(t, scimProfile)
    let made = 0
    const theirs = async () =>
      (await stateOf(installation, Object.values(others))).map(({ users, groups }) => [users, groups])
    const before = await theirs()
    const attempts = (id: string): readonly (readonly [method: string, path: string, body: unknown])[] => [
      ['PATCH', `/Groups/${ours.group}`, { Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }] }],
      ['PATCH', `/Groups/${ours.group}`, { Operations: [{ op: 'replace', path: 'members', value: [{ value: id }] }] }],
      ['PUT', `/Groups/${ours.group}`, { schemas: [urns.group], displayName: 'ours', members: [{ value: id }] }],
    ]
    for (const { user, group } of Object.values(others)) {
      for (const id of [user, group]) {
        const unknown = attempts(crypto.randomUUID())
        for (const [at, [method, path, body]] of attempts(id).entries()) {
          const foreign = visible(await ours.client.send(method, path, withSchemas(body)))
          const nobody = visible(await ours.client.send(method, path, withSchemas(unknown[at]?.[2])))
          t.same(foreign, nobody, `${method} ${path}`)
        }
        const members = [{ value: id }]
        const answer = await ours.client.send('POST', '/Groups', {
          schemas: [urns.group],
          displayName: `taken ${made++}`,
          members,
        })
        t.equal(answer.status, scimProfile === 'strict' ? 400 : 201)
        t.notOk(answer.body.members)
      }
    }
    t.notMatch(
      (await ours.client.get('/Groups')).text,
      new RegExp(
        Object.values(others)
          .map(({ user }) => user)
          .join('|'),
      ),
    )
    t.same(await theirs(), before)
  })
}

/** The strict profile wants the message schema of a PATCH. */
function withSchemas(body: unknown): unknown {
  const isPatch = typeof body === 'object' && body !== null && 'Operations' in body
  return isPatch ? { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], ...body } : body
}

t.test('#27 #117 an externalId is text, and never an id', async (t) => {
  const { ours, others } = await startTenants(t, 'compatible')
  const { client } = ours
  const claimed = [others.stranger.user, ours.user]
  for (const [index, externalId] of claimed.entries()) {
    const id = await client.addUser(`impostor ${index}`, { externalId, id: externalId })
    t.notOk(claimed.includes(id))
    t.match((await client.find('/Users', `externalId eq "${externalId}"`)).body, {
      totalResults: 1,
      Resources: [{ id }],
    })
  }
  t.equal((await client.get(`/Users/${others.stranger.user}`)).status, 404)
  t.match((await client.get(`/Users/${ours.user}`)).body, { userName: 'ours', externalId: 'x' })
})

t.test('#52 #117 no filter reaches past the directory', async (t) => {
  const { installation, ours, others } = await startTenants(t, 'compatible')
  const { client } = ours
  for (const [name, { user, group, client: theirs }] of Object.entries(others)) {
    const address = `${name}@acme.test`
    for (const filter of [
      `userName eq "${name}"`,
      `id eq "${user}"`,
      `emails.value eq "${address}"`,
      `emails[type eq "work"].value eq "${address}"`,
      `id eq "${user}" and active eq true`,
    ]) {
      t.match((await client.find('/Users', filter)).body, { totalResults: 0, Resources: [] }, filter)
      t.match((await theirs.find('/Users', filter)).body, { totalResults: 1 }, `${filter}, at home`)
    }
    for (const filter of [
      `userName eq "${name}" or userName eq "ours"`,
      `userName eq "ours" or active eq true`,
      `not (userName eq "${name}")`,
      `not (userName eq "x") or not (userName eq "y")`,
      'externalId eq "x" or displayName eq "Jane"',
      `emails[type eq "work"] or id eq "${user}"`,
      `(active eq true) or (active eq false)`,
    ]) {
      t.match((await client.find('/Users', filter)).body, { totalResults: 1, Resources: [{ id: ours.user }] }, filter)
    }
    t.match((await client.find('/Groups', `members eq "${user}"`)).body, { totalResults: 0 })
    t.match((await client.find('/Groups', `id eq "${group}" or not (id eq "${group}")`)).body, {
      totalResults: 1,
      Resources: [{ id: ours.group, members: [{ value: ours.user }] }],
    })
  }
  for (const path of ['/Users?count=0', '/Groups?count=0']) {
    t.match((await client.get(path)).body, { totalResults: 1 })
  }
  const ofRival = await eventsOf(installation.database, others.stranger.scope)
  const ids = [ours, others.sibling].flatMap(({ user, group }) => [user, group])
  t.notMatch(JSON.stringify(ofRival), new RegExp(`${ids.join('|')}|Acme`))
})
