import t from 'tap'
import { startDirectory } from './support/installation.ts'
import { jane } from './support/jane.ts'
import { urns } from './support/scim-client.ts'

t.test('filters find exactly whom they describe, and never everybody by mistake', async (t) => {
  const { client } = await startDirectory(t)
  const boss = await client.addUser('boss', { displayName: 'The Boss', externalId: 'X1' })
  const work = { value: 'anna@acme.test', type: 'work' }
  const anna = await client.addUser('Anna', {
    externalId: 'x1',
    emails: [work, { value: 'anna@home.test', type: 'home' }],
    [urns.enterprise]: { manager: { value: boss } },
  })
  const ben = await client.addUser('ben+test', { active: false, emails: [{ value: 'anna@acme.test', type: 'home' }] })
  const names = new Map([
    [boss, 'boss'],
    [anna, 'anna'],
    [ben, 'ben'],
  ])
  for (const [filter, expected] of Object.entries({
    'userName eq "anna"': 'anna',
    'USERNAME EQ "ANNA"': 'anna',
    [`${urns.user}:userName eq "boss"`]: 'boss',
    'userName eq "ben+test"': 'ben',
    'userName eq "ben test"': '',
    'userName eq anna': 'anna',
    'externalId eq "x1"': 'anna',
    'externalId eq "X1"': 'boss',
    'displayName eq "the boss"': 'boss',
    'emails.value eq "ANNA@acme.test"': 'anna ben',
    'emails eq "anna@home.test"': 'anna',
    'emails[type eq "work"].value eq "anna@acme.test"': 'anna',
    'emails[type eq "home" and value eq "anna@acme.test"]': 'ben',
    'emails[not (type eq "home")]': 'anna',
    'not (emails[type eq "home"])': 'boss',
    [`id eq "${anna}"`]: 'anna',
    'id eq "nobody"': '',
    'active eq true': 'boss anna',
    'active eq "False"': 'ben',
    'not (active eq true)': 'ben',
    'userName eq "boss" or userName eq "anna" and active eq false': 'boss',
    '(userName eq "boss" or userName eq "anna") and active eq true': 'boss anna',
    'not (externalId eq "x1")': 'boss ben',
    'not (externalId eq "x1" or externalId eq "X1")': 'ben',
    [`id eq "${anna}" and manager eq "${boss}"`]: 'anna',
    [`id eq "${ben}" and manager eq "${boss}"`]: '',
    [`${urns.enterprise}:manager.value eq "${boss}"`]: 'anna',
    'userName eq "\\u0041nna"': 'anna',
    "userName eq \"' OR '1'='1\"": '',
    'userName ne "anna"': 'boss ben',
    'userName co "N"': 'anna ben',
    'userName sw "b" and userName ew "t"': 'ben',
    'userName gt "anna" and userName lt "boss"': 'ben',
    'not (userName pr)': '',
    'userName eq null': '',
    'userName sw "%"': '',
    'userName co "_"': '',
    'meta.lastModified gt "2020-01-01T00:00:00Z" and meta.resourceType eq "User"': 'boss anna ben',
    'meta.created gt "2999-01-01T00:00:00.1234567Z"': '',
  })) {
    const { status, body } = await client.find('/Users', filter)
    const found = (body.Resources ?? []).map(({ id }) => names.get(String(id)))
    t.same([status, found.join(' '), body.totalResults], [200, expected, found.length], filter)
  }
  const plus = await client.get('/Users?filter=userName+eq+%22anna%22')
  t.match(plus.body, { totalResults: 1, Resources: [{ id: anna }] }, 'spaces as +')

  const refused = [
    '',
    ' ',
    'userName',
    'userName eq',
    'userName eq "a',
    'userName eq "anna" and',
    'userName xx "anna"',
    'shoeSize eq "46"',
    'active gt true',
    'active eq 1',
    'meta.lastModified gt "yesterday"',
    'name eq "Anna"',
    'emails[type eq "work"',
    'emails[shoeSize eq 46]',
    `${'('.repeat(40)}userName eq "a"${')'.repeat(40)}`,
    Array.from({ length: 65 }, () => 'id eq "a"').join(' or '),
  ]
  for (const filter of refused) {
    const { status, body } = await client.find('/Users', filter)
    t.match({ status, body }, { status: 400, body: { status: '400', scimType: 'invalidFilter' } }, filter.slice(0, 60))
    t.notOk(body.Resources)
  }
  const secret = await client.find('/Users', 'password eq "hunter2!"')
  t.match(secret, { status: 403, body: { status: '403', scimType: 'sensitive' } })
  t.notMatch(secret.text, /hunter2/)
})

t.test('pages', async (t) => {
  const { client } = await startDirectory(t)
  const ids: string[] = []
  for (let n = 0; n < 7; n++) ids.push(await client.addUser(`user ${9 - n}`))
  for (const [query, expected, startIndex] of [
    ['startIndex=1&count=3', ids.slice(0, 3), 1],
    ['startIndex=4&count=3', ids.slice(3, 6), 4],
    ['startIndex=7&count=3', ids.slice(6), 7],
    ['startIndex=0&count=2', ids.slice(0, 2), 1],
    ['startIndex=-5&count=2', ids.slice(0, 2), 1],
    ['count=0', [], 1],
    ['count=-1', [], 1],
    ['count=100000', ids, 1],
    ['startIndex=8', [], 8],
    ['startIndex=9007199254740991&count=2', [], Number.MAX_SAFE_INTEGER],
    ['startIndex=99999999999999999999999&count=2', [], Number.MAX_SAFE_INTEGER],
    ['aadOptscim062020', ids, 1],
    ['filter=active%20eq%20true&startIndex=6&count=5', ids.slice(5), 6],
  ] as const) {
    const { status, body } = await client.get(`/Users?${query}`)
    t.equal(status, 200, query)
    const { totalResults, itemsPerPage, Resources } = body
    t.same([totalResults, itemsPerPage, body.startIndex], [7, expected.length, startIndex], query)
    t.same(
      Resources?.map(({ id }) => id),
      expected,
      query,
    )
  }
  for (const query of ['count=ten', 'startIndex=1.5', 'count=', 'count=1e3', 'startIndex=0x10']) {
    t.match(await client.get(`/Users?${query}`), { status: 400, body: { scimType: 'invalidValue' } }, query)
  }
})

t.test('#75 attributes and excludedAttributes, wherever a resource is answered', async (t) => {
  const { client } = await startDirectory(t)
  const created = await client.send('POST', '/Users?attributes=userName', jane)
  const id = String(created.body.id)
  t.same(created.body, { schemas: [urns.user], id, userName: jane.userName })
  t.ok(created.headers.get('location'))
  const group = await client.addGroup('Sales', [id])
  const groups = [
    {
      value: group,
      display: 'Sales',
      type: 'direct',
      $ref: `${created.headers.get('location')}`.replace(/Users.*/, `Groups/${group}`),
    },
  ]
  const always = { schemas: [urns.user], id }
  for (const [query, expected] of [
    ['attributes=nothing', always],
    ['attributes=USERNAME,name.givenName', { ...always, userName: jane.userName, name: { givenName: 'Jane' } }],
    ['attributes=groups', { ...always, groups }],
    ['attributes=groups.display', { ...always, groups: [{ display: 'Sales' }] }],
    [
      `attributes=${urns.enterprise}:department`,
      { schemas: jane.schemas, id, [urns.enterprise]: { department: 'Sales' } },
    ],
    ['attributes=password', always],
  ] as const) {
    for (const answer of [
      await client.get(`/Users/${id}?${query}`),
      await client.send('PUT', `/Users/${id}?${query}`, jane),
      await client.send('PATCH', `/Users/${id}?${query}`, { Operations: [] }),
    ]) {
      t.equal(answer.status, 200)
      t.same(answer.body, expected, query)
    }
    t.same((await client.get(`/Users?${query}`)).body.Resources, [expected], `list, ${query}`)
  }
  const { body } = await client.get(`/Users/${id}?excludedAttributes=groups,id,emails,meta,${urns.enterprise}`)
  const { emails: _emails, [urns.enterprise]: _enterprise, ...rest } = jane
  t.same(body, { ...rest, id, schemas: [urns.user] })
  t.same((await client.get(`/Users/${id}`)).body.groups, groups)
})
