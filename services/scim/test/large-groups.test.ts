import t from 'tap'
import { addManyUsers } from './support/add-many-users.ts'
import { startDirectory } from './support/installation.ts'
import { watchStatements } from './support/watch-statements.ts'

t.test('#77 #98 a group of 2,500 members is sent in parts, whole and right', async (t) => {
  const { installation, ...directory } = await startDirectory(t)
  const { client } = directory
  const ids = (await addManyUsers(installation, directory, 2_500)).sort()
  const big = await client.addGroup('Big')
  const nested = await client.addGroup('Nested', ids.slice(0, 3))
  const add = (members: readonly string[]) =>
    client.patch(`/Groups/${big}`, { op: 'add', path: 'members', value: members.map((value) => ({ value })) })
  t.equal((await add([...ids, nested])).status, 204)
  const everybody = [...ids, nested].sort()

  let statements = 0
  watchStatements(installation.database, () => statements++)
  const whole = await client.get(`/Groups/${big}`)
  t.equal(whole.status, 200)
  t.equal(whole.headers.get('content-type'), 'application/scim+json; charset=utf-8')
  t.equal(whole.headers.get('etag'), 'W/"2"')
  t.same(
    whole.body.members?.map(({ value }) => value),
    everybody,
  )
  t.same(Object.keys(whole.body.members?.at(7) ?? {}).sort(), ['$ref', 'display', 'type', 'value'])
  t.ok(statements <= 8, `${statements} statements for three parts`)
  t.equal(whole.body.displayName, 'Big')

  const values = await client.get(`/Groups/${big}?attributes=members.value`)
  t.same(
    values.body.members,
    everybody.map((value) => ({ value })),
  )
  t.equal(values.body.displayName, undefined)
  const plain = await client.get(`/Groups/${big}?excludedAttributes=members`)
  t.equal(plain.body.members, undefined)

  const { body: list } = await client.get('/Groups?sortBy=displayName')
  t.same(
    list.Resources?.map(({ displayName }) => displayName),
    ['Big', 'Nested'],
  )
  t.same(
    list.Resources?.[0]?.members?.map(({ value }) => value),
    everybody,
    'also on a page of a list',
  )
  t.equal(list.Resources?.[1]?.members?.length, 3)
  t.equal(list.totalResults, 2)
  const answered = await client.send('PATCH', `/Groups/${big}?attributes=members.value`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'remove', path: `members[value eq "${everybody[0]}"]` }],
  })
  t.equal(answered.body.members?.length, everybody.length - 1, 'and as the answer to a PATCH')

  const known = await client.send('GET', `/Groups/${big}`, undefined, { 'if-none-match': 'W/"3"' })
  t.match(known, { status: 304, text: '' })
})
