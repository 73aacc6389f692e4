import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { bulkRequest, idOf, managerOf, postGroup, postUser, sendBulk, statusesOf } from './support/bulk.ts'
import { startDirectory } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { isScimError } from './support/is-scim-error.ts'
import { type ScimClient, urns } from './support/scim-client.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

for (const scimProfile of ['compatible', 'strict'] as const) {
  t.test(`#100 #103 #105 every method, every reference: ${scimProfile}`, async (t) => {
    const { client, installation, ...acme } = await startDirectory(t, { scimProfile })
    const [old, doomed] = [await client.addUser('old'), await client.addUser('doomed')]
    const team = await client.addGroup('team', [old, doomed])
    const address = (path: string) => `${client.baseUrl.replace(/^.*\/scim\//, 'https://muster.test/scim/')}${path}`
    const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations })
    const outcomes = await sendBulk(t, client, [
      {
        method: 'PATCH',
        path: `/Groups/${team}`,
        version: 'W/"1"',
        data: patch({ op: 'add', path: 'members', value: [{ value: 'bulkId:jane' }] }),
      },
      postGroup('parent', 'parent', ['bulkId:child', 'bulkId:jane']),
      postUser('jane', 'jane', 'bulkId:boss'),
      postGroup('child', 'child', ['bulkId:boss']),
      postUser('boss', 'boss'),
      {
        method: 'PUT',
        path: `/Users/${old}`,
        bulkId: 'put',
        version: 'W/"1"',
        data: {
          schemas: [urns.user, urns.enterprise],
          userName: 'old',
          [urns.enterprise]: { manager: { value: 'bulkId:boss', $ref: '../Users/bulkId:boss' } },
        },
      },
      { method: 'DELETE', path: `/Users/${doomed}`, version: 'W/"1"' },
      { method: 'PATCH', path: '/Users/bulkId:jane', data: [{ op: 'add', path: 'title', value: 'Engineer' }] },
      {
        method: 'PATCH',
        path: '/Groups/bulkId:parent',
        data: patch({ op: 'remove', path: 'members[value eq "bulkId:jane"]' }),
      },
    ])
    t.same(
      outcomes.map(({ method, bulkId, status }) => [method, bulkId, status]),
      [
        ['PATCH', undefined, '200'],
        ['POST', 'parent', '201'],
        ['POST', 'jane', '201'],
        ['POST', 'child', '201'],
        ['POST', 'boss', '201'],
        ['PUT', 'put', '200'],
        ['DELETE', undefined, '204'],
        ['PATCH', undefined, '200'],
        ['PATCH', undefined, '200'],
      ],
    )
    const [, parent, jane, child, boss] = outcomes.map(idOf)
    t.same(
      outcomes.map(({ location }) => location),
      [
        address(`/Groups/${team}`),
        ...[parent, jane, child, boss].map((id, at) => address(`/${at % 2 ? 'Users' : 'Groups'}/${id}`)),
        address(`/Users/${old}`),
        address(`/Users/${doomed}`),
        address(`/Users/${jane}`),
        address(`/Groups/${parent}`),
      ],
    )
    t.same(
      outcomes.map(({ version }) => version),
      ['W/"2"', 'W/"1"', 'W/"1"', 'W/"1"', 'W/"1"', 'W/"2"', undefined, 'W/"2"', 'W/"2"'],
    )
    t.notOk(outcomes.some(({ response }) => response !== undefined))
    t.match((await client.get(`/Users/${jane}`)).body, { title: 'Engineer', groups: [{ value: team }] })
    t.equal((await client.get(`/Users/${jane}`)).headers.get('etag'), 'W/"2"')
    t.equal(await managerOf(client, jane ?? ''), boss)
    t.match((await client.get(`/Users/${old}`)).body, {
      [urns.enterprise]: { manager: { value: boss, $ref: `../Users/${boss}` } },
    })
    t.equal((await client.get(`/Users/${doomed}`)).status, 404)
    t.same(await client.memberIds(team), [old, jane].sort())
    t.same(await client.memberIds(parent ?? ''), [child])
    t.same(await client.memberIds(child ?? ''), [boss])
    await isConsistent(t, installation.database, acme.scope)
  })
}

t.test('#100 #102 #103 #106 operations fail by themselves', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t, { scimProfile: 'strict' })
  const { client: rival } = await installation.addDirectory(await installation.addOrganization('Rival'))
  const [jane, foreign] = [await client.addUser('jane'), await rival.addUser('foreign')]
  const cases: [operation: object, status: string, location?: string][] = [
    [postUser('taken', 'JANE'), '409 uniqueness'],
    [postUser('first', 'first'), '201'],
    [postUser('first', 'second'), '400 invalidValue'],
    [{ ...postUser('x', 'third'), bulkId: undefined }, '400 invalidValue'],
    [{ ...postUser('x', 'third'), method: 'GET' }, '400 invalidSyntax'],
    [postUser('nameless', ' '), '400 invalidValue'],
    [postGroup('of nobody', 'of nobody', ['bulkId:nobody']), '400 invalidValue'],
    [postGroup('of taken', 'of taken', ['bulkId:taken']), '400 invalidValue'],
    [postGroup('of those', 'of those', ['bulkId:of taken']), '400 invalidValue'],
    [postGroup('of the foreign', 'of the foreign', [foreign]), '400 invalidValue'],
    [{ method: 'DELETE', path: '/Users/bulkId:taken' }, '400 invalidValue', '/Users/bulkId:taken'],
    [{ method: 'DELETE', path: `/Users/${jane}`, version: 'W/"7"' }, '412', `/Users/${jane}`],
    [{ method: 'DELETE', path: `/Users/${foreign}` }, '404', `/Users/${foreign}`],
    [{ method: 'PUT', path: `/Users/${jane}` }, '400 invalidValue', `/Users/${jane}`],
    [{ method: 'PATCH', path: `/Users/${jane}`, data: { Operations: [] } }, '400 invalidSyntax', `/Users/${jane}`],
    [{ method: 'POST', path: `/Users/${jane}`, bulkId: 'y', data: {} }, '405'],
    [{ method: 'POST', path: '/Bulk', bulkId: 'z', data: {} }, '404'],
    [postGroup('last', 'last', ['bulkId:first']), '201'],
  ]
  const outcomes = await sendBulk(
    t,
    client,
    cases.map(([operation]) => operation),
  )
  const base = client.baseUrl.replace(installation.origin, 'https://muster.test')
  for (const [at, [operation, status, location]] of cases.entries()) {
    const outcome = outcomes[at]
    t.same(outcome && statusesOf([outcome]), [status], JSON.stringify(operation))
    if (status === '201') continue
    t.equal(outcome?.location, location && `${base}${location}`, status)
    t.match(outcome?.response, { schemas: [urns.error], status: status.slice(0, 3), detail: /^\S.{5,}/ })
  }
  t.match((await client.get('/Users')).body, { totalResults: 2 })
  t.same(await client.memberIds(idOf(outcomes.at(-1))), [idOf(outcomes[1])])
  t.equal((await rival.get(`/Users/${foreign}`)).status, 200)
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#102 failOnErrors is reached exactly, and what follows is left undone', async (t) => {
  const { client } = await startDirectory(t)
  await client.addUser('taken')
  let [round, users] = [0, 1]
  const run = async (pattern: string, failOnErrors?: number) => {
    round++
    const operations = [...pattern].map((sign, at) => postUser(`${at}`, sign === '+' ? `${round}-${at}` : 'taken'))
    const outcomes = await sendBulk(t, client, operations, { failOnErrors })
    users += outcomes.filter(({ status }) => status === '201').length
    t.match((await client.get('/Users?count=0')).body, { totalResults: users }, 'no more than answered')
    return outcomes.map(({ status }) => (status === '201' ? '+' : '-')).join('')
  }
  t.equal(await run('+-+-+-+'), '+-+-+-+')
  t.equal(await run('+-+-+-+', 1), '+-')
  t.equal(await run('+-+-+-+', 2), '+-+-')
  t.equal(await run('+-+-+-+', 3), '+-+-+-')
  t.equal(await run('+-+-+-+', 4), '+-+-+-+')
  t.equal(await run(`${'+'.repeat(300)}---++`, 2), `${'+'.repeat(300)}--`)
  const across = await sendBulk(
    t,
    client,
    [postGroup('g', 'g', ['bulkId:bad']), postUser('good', 'good'), postUser('bad', 'taken')],
    { failOnErrors: 1 },
  )
  t.same(
    across.map(({ bulkId, status }) => [bulkId, status]),
    [['bad', '409']],
    'what others need comes first; the others were not processed',
  )
})

t.test('#101 limits', async (t) => {
  const { client } = await startDirectory(t)
  const operations = names(1_001, 'u').map((name) => postUser(name, name))
  const tooMany = await client.send('POST', '/Bulk', { schemas: [bulkRequest], Operations: operations })
  isScimError(t, tooMany, 413)
  t.match(tooMany.body.detail, /maxOperations \(1000\)/)
  const padded = (bytes: number) => {
    const body = JSON.stringify({ schemas: [bulkRequest], Operations: [postUser('a', 'a')] })
    return body + ' '.repeat(bytes - body.length)
  }
  const tooLarge = await client.send('POST', '/Bulk', padded(4_194_305))
  isScimError(t, tooLarge, 413)
  t.match(tooLarge.body.detail, /maxPayloadSize \(4194304 bytes\)/)
  t.match((await client.get('/Users')).body, { totalResults: 0 })
  t.equal((await client.send('POST', '/Bulk', padded(4_194_304))).status, 200)
  t.equal((await client.send('POST', '/Users', padded(1_048_577))).status, 413, 'other routes keep their limit')
  const created = await sendBulk(t, client, operations.slice(0, 1_000))
  t.same(statusesOf(created), Array(1_000).fill('201'))
  for (const [body, scimType] of [
    [undefined, 'invalidSyntax'],
    ['{"Operations":[', 'invalidSyntax'],
    [{ schemas: [bulkRequest], Operations: [] }, 'invalidSyntax'],
    [`{"Operations":${'['.repeat(40)}${']'.repeat(40)}}`, 'invalidSyntax'],
    [{ schemas: [bulkRequest], failOnErrors: 0, Operations: operations.slice(0, 1) }, 'invalidValue'],
  ] as const) {
    isScimError(t, await client.send('POST', '/Bulk', body), 400, scimType)
  }
  isScimError(t, await client.get('/Bulk'), 405)

  await t.test('#101 a PATCH with as many operations as authentik puts into one, by bulk.maxOperations', async (t) => {
    const group = await client.addGroup('authentik')
    const each = (op: string) => created.map((outcome) => ({ op, path: 'members', value: [{ value: idOf(outcome) }] }))
    t.equal((await client.patch(`/Groups/${group}`, ...each('add'))).status, 204)
    t.same(await client.memberIds(group), created.map(idOf).sort())
    t.equal((await client.patch(`/Groups/${group}`, ...each('remove').slice(1))).status, 204)
    t.same(await client.memberIds(group), [idOf(created[0])])
  })
})

t.test('#104 circles are resolved, and answered with the final version', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t, { scimProfile: 'strict' })
  const outcomes = await sendBulk(t, client, [
    postGroup('a', 'a', ['bulkId:b', 'bulkId:u1']),
    postGroup('b', 'b', ['bulkId:c']),
    postGroup('c', 'c', ['bulkId:a', 'bulkId:u2']),
    postUser('u1', 'u1', 'bulkId:u2'),
    postUser('u2', 'u2', 'bulkId:u1'),
    postUser('self', 'self', 'bulkId:self'),
  ])
  t.same(statusesOf(outcomes), Array(6).fill('201'))
  const [a, b, c, u1, u2, self] = outcomes.map(idOf) as [string, string, string, string, string, string]
  t.same(await client.memberIds(a), [b, u1].sort())
  t.same(await client.memberIds(b), [c])
  t.same(await client.memberIds(c), [a, u2].sort())
  t.same([await managerOf(client, u1), await managerOf(client, u2), await managerOf(client, self)], [u2, u1, self])
  for (const { location = '', version } of outcomes) {
    const [, type = '', id = ''] = /\/(Users|Groups)\/(.*)$/.exec(location) ?? []
    t.equal((await client.get(`/${type}/${id}`)).headers.get('etag'), version)
  }
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#104 a circle that fails leaves nothing behind', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  await client.addGroup('taken')
  const outcomes = await sendBulk(t, client, [
    postGroup('a', 'taken', ['bulkId:b']),
    postGroup('b', 'b', ['bulkId:c']),
    postGroup('c', 'c', ['bulkId:a']),
    postUser('u', 'u', 'bulkId:v'),
    postUser('v', 'v', 'bulkId:w'),
    postUser('w', 'w', 'bulkId:u'),
    postGroup('behind', 'behind', ['bulkId:c']),
    postGroup('itself', 'itself', ['bulkId:itself']),
    postGroup('open', 'open', ['bulkId:open too']),
    postGroup('open too', 'open too', ['bulkId:open', 'bulkId:nobody']),
  ])
  t.same(statusesOf(outcomes), [
    ...['409 uniqueness', '409', '409'],
    ...['201', '201', '201'],
    ...['400 invalidValue', '400 invalidValue'],
    ...['409', '400 invalidValue'],
  ])
  t.notOk(outcomes.some(({ status, location }) => status !== '201' && location !== undefined))
  t.match((await client.get('/Groups')).body, { totalResults: 1 })
  t.match((await client.get('/Users')).body, { totalResults: 3 })
  await isConsistent(t, installation.database, acme.scope)
})

t.test('#100 operations on one resource keep their order', async (t) => {
  const { client } = await startDirectory(t)
  const jane = await client.addUser('jane')
  const title = (id: string, value: string) => ({
    method: 'PATCH',
    path: `/Users/${id}`,
    data: { schemas: [patchOp], Operations: [{ op: 'replace', value: { title: value } }] },
  })
  const outcomes = await sendBulk(t, client, [
    title('bulkId:new', 'early'),
    ...names(20, 't').map((value) => title(jane, value)),
    postUser('new', 'new'),
    title('bulkId:new', 'late'),
    { method: 'DELETE', path: `/Users/${jane}` },
    title(jane, 'too late'),
    postUser('again', 'jane'),
  ])
  t.same(statusesOf(outcomes), ['200', ...Array(20).fill('200'), '201', '200', '204', '404', '201'])
  t.same(
    outcomes.slice(1, 21).map(({ version }) => version),
    names(20, '').map((at) => `W/"${Number(at) + 2}"`),
  )
  t.match((await client.get(`/Users/${idOf(outcomes[21])}`)).body, { title: 'late' })
})

t.test("#100 #104 in the shape of Microsoft's API-driven inbound provisioning", async (t) => {
  const { client } = await startDirectory(t)
  const employee = (at: number) => ({
    method: 'POST',
    bulkId: crypto.randomUUID(),
    path: '/Users',
    data: {
      schemas: [urns.user, urns.enterprise],
      externalId: `70${at}`,
      userName: `employee${at}@acme.test`,
      name: { formatted: `Employee ${at}`, familyName: `${at}`, givenName: 'Employee' },
      emails: [{ value: `employee${at}@acme.test`, type: 'work', primary: true }],
      addresses: [{ type: 'work', locality: 'Snowflake', country: 'US' }],
      userType: 'Employee',
      active: at % 7 !== 0,
      [urns.enterprise]: { employeeNumber: `70${at}`, manager: { value: '89607', displayName: 'John Smith' } },
    },
  })
  const outcomes = await sendBulk(
    t,
    client,
    Array.from({ length: 50 }, (_, at) => employee(at)),
    { failOnErrors: null },
  )
  t.same(statusesOf(outcomes), Array(50).fill('201'))
  const again = await sendBulk(t, client, [employee(3), employee(50)], { failOnErrors: null })
  t.same(statusesOf(again), ['409 uniqueness', '201'])
  const { body } = await client.find('/Users', 'active eq false')
  t.equal(body.totalResults, 8)
})

t.test('#104 hostile: a chain of 1,000 holds up nobody else', async (t) => {
  const { client } = await startDirectory(t)
  const chain = names(1_000, 'c').map((name, at) => postUser(name, name, at < 999 ? `bulkId:c${at + 1}` : undefined))
  const sent = sendBulk(t, client, chain)
  t.equal(
    await Promise.race([sent.then(() => 'the bulk request'), client.get('/Users').then(() => 'others')]),
    'others',
  )
  const outcomes = await sent
  t.same(new Set(statusesOf(outcomes)), new Set(['201']))
  t.equal(await managerOf(client, idOf(outcomes[0])), idOf(outcomes[1]))
})

t.test('#104 hostile: large circles, names of prototypes', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  const ring = names(100, 'r').map((name, at) => postGroup(name, name, [`bulkId:r${(at + 1) % 100}`]))
  const groups = await sendBulk(t, client, ring)
  t.same(new Set(statusesOf(groups)), new Set(['201']))
  t.same(await client.memberIds(idOf(groups[99])), [idOf(groups[0])])
  const builtIn = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const odd = await sendBulk(t, client, [
    ...builtIn.map((name, at) => postUser(name, name, `bulkId:${builtIn[(at + 1) % 4]}`)),
    postGroup('valueOf', 'unknown', ['bulkId:isPrototypeOf']),
  ])
  t.same(statusesOf(odd), [...Array(4).fill('201'), '400 invalidValue'])
  await isConsistent(t, installation.database, acme.scope)
})

t.test(`#104 any graph is stored as if made by hand (seed ${seed})`, { timeout: 120_000 }, async (t) => {
  const { client, installation, ...acme } = await startDirectory(t, { scimProfile: 'strict' })
  const { client: byHand } = await installation.addDirectory(acme.scope, { scimProfile: 'strict' })
  const graph = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.record({
      nodes: fc.array(
        fc.record({ isUser: fc.boolean(), refers: fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }) }),
        {
          minLength: count,
          maxLength: count,
        },
      ),
      order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
    }),
  )
  let round = 0
  const property = fc.asyncProperty(graph, async ({ nodes, order }) => {
    // What a group may not: contain itself. What a user may not: have a manager who is a group, or two.
    const wanted: Node[] = nodes.map(({ isUser, refers }, at) => ({
      name: `${round}-${at}`,
      isUser,
      refers: isUser
        ? refers.filter((to) => nodes[to]?.isUser).slice(0, 1)
        : refers.filter((to) => to !== at).sort((a, b) => a - b),
    }))
    round++
    const operations = order.flatMap((at) => {
      const { name = '', isUser, refers = [] } = wanted[at] ?? {}
      const references = refers.map((to) => `bulkId:${to}`)
      return isUser ? [postUser(`${at}`, name, references[0])] : [postGroup(`${at}`, name, references)]
    })
    const outcomes = await sendBulk(t, client, operations)
    const ids = order.map((_, at) => idOf(outcomes[order.indexOf(at)]))
    const madeByHand = await createByHand(byHand, wanted)
    return (
      JSON.stringify(await storedGraph(client, wanted, ids)) ===
        JSON.stringify(await storedGraph(byHand, wanted, madeByHand)) &&
      !statusesOf(outcomes).some((status) => status !== '201')
    )
  })
  const outcome = await fc.check(property, { seed, numRuns: times(10, 100) })
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '')
  await isConsistent(t, installation.database, acme.scope)
})

interface Node {
  name: string
  isUser: boolean
  refers: number[]
}

async function createByHand(client: ScimClient, nodes: readonly Node[]): Promise<string[]> {
  const ids: string[] = []
  for (const { name, isUser } of nodes) ids.push(await (isUser ? client.addUser(name) : client.addGroup(name)))
  for (const [at, { isUser, refers }] of nodes.entries()) {
    for (const to of refers) {
      const change = isUser
        ? { op: 'add', path: `${urns.enterprise}:manager`, value: { value: ids[to] } }
        : { op: 'add', path: 'members', value: [{ value: ids[to] }] }
      await client.patch(`/${isUser ? 'Users' : 'Groups'}/${ids[at]}`, change)
    }
  }
  return ids
}

/** Who refers to whom, by name. */
async function storedGraph(client: ScimClient, nodes: readonly Node[], ids: readonly string[]) {
  const nameOf = new Map(ids.map((id, at) => [id, nodes[at]?.name]))
  return Promise.all(
    nodes.map(async ({ name, isUser }, at) => {
      const id = ids[at] ?? ''
      const refers = isUser ? [await managerOf(client, id)] : await client.memberIds(id)
      return [name, refers.map((to) => nameOf.get(to ?? '')).sort()]
    }),
  )
}

t.test('#102 what a request has no time for is answered as unavailable, and is not done', async (t) => {
  const time = new AbortController()
  let isRunning = false
  const { client } = await startDirectory(t, { onStatement: () => isRunning && time.abort() })
  await client.get('/Users')
  t.capture(AbortSignal, 'timeout', () => time.signal)
  isRunning = true
  const outcomes = await sendBulk(t, client, [
    postUser('in time', 'in time'),
    postGroup('late', 'late', ['bulkId:in time']),
    postUser('managed', 'managed', 'bulkId:in time'),
    postGroup('left', 'left', ['bulkId:right']),
    postGroup('right', 'right', ['bulkId:left']),
    { method: 'DELETE', path: '/Users/bulkId:in time' },
  ])
  t.match(outcomes, [{ status: '201' }, ...Array(5).fill({ status: '503', response: { detail: /Send it again/ } })])
  t.match((await client.get('/Users')).body, { totalResults: 1 })
  t.match((await client.get('/Groups')).body, { totalResults: 0 })
})
