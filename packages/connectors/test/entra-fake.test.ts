import { startFakeGraph } from '@muster/testkit/fake-graph'
import t from 'tap'
import { flawsOf, graphShapes } from './support/graph-shapes.ts'

type Json = Record<string, unknown>

/** The fake must say what Microsoft documents, or the connector learns from the wrong teacher. */
t.test('the fake tenant answers as Microsoft documents', async (t) => {
  const graph = await startFakeGraph({ groupRecordsPerPage: 3 })
  t.teardown(() => graph.close())
  const { directory, config, origin } = graph
  const boss = directory.addUser({ userName: 'boss@acme.test' })
  const profile = { jobTitle: 'Engineer', businessPhones: ['1'], employeeHireDate: '2024-02-01T00:00:00Z' }
  const jane = directory.addUser({ userName: 'jane@acme.test', managerId: boss.id, profile })
  const inner = directory.addGroup({ name: 'Inner' })
  directory.addGroup({ name: 'Outer', members: [jane.id, boss.id, inner.id] })

  const signIn = async (fields: Record<string, string>) => {
    const form = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default', ...fields }
    const url = `${config.loginUrl}/${config.tenantId}/oauth2/v2.0/token`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    return { status: answer.status, body: (await answer.json()) as Json }
  }
  const refused = await signIn({ client_id: config.clientId, client_secret: 'wrong' })
  t.equal(refused.status, 401)
  t.strictSame(flawsOf(graphShapes.tokenError, refused.body), [])
  const token = await signIn({ client_id: config.clientId, client_secret: config.clientSecret })
  t.strictSame(flawsOf(graphShapes.token, token.body), [])

  const get = async (url: string, authorization = `Bearer ${token.body.access_token}`) => {
    const answer = await fetch(url.startsWith('http') ? url : `${origin}/v1.0${url}`, { headers: { authorization } })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json & { value: Json[] } }
  }
  const failure = async (url: string, authorization?: string) => {
    const { status, headers, body } = await get(url, authorization)
    t.strictSame(flawsOf(graphShapes.error, body.error as Json), [])
    return { status, headers, code: (body.error as Json).code }
  }
  t.match(await failure('/users', 'Bearer none'), { status: 401, code: 'InvalidAuthenticationToken' })

  const plain = await get('/users/delta')
  t.notOk(
    plain.body.value.some((user) => 'accountEnabled' in user),
    'not unless it is asked for',
  )
  const users = await get('/users/delta?$select=accountEnabled,userPrincipalName,jobTitle,employeeHireDate,manager')
  for (const user of users.body.value) t.strictSame(flawsOf(graphShapes.user, user), [])
  const [ofBoss = {}, ofJane = {}] = users.body.value
  t.strictSame(ofJane['manager@delta'], [{ '@odata.type': '#microsoft.graph.user', id: boss.id }])
  t.notOk('jobTitle' in ofBoss || 'manager@delta' in ofBoss, 'what was never set is left out')
  const listed = await get('/users?$select=jobTitle&$expand=manager($select=id)&$top=1')
  t.match(listed.body, { '@odata.nextLink': String, value: [{ jobTitle: null }] }, 'a list says null')

  const pages = [await get('/groups/delta?$select=displayName,members')]
  for (let next = pages[0]?.body['@odata.nextLink']; next !== undefined; next = pages.at(-1)?.body['@odata.nextLink']) {
    pages.push(await get(String(next)))
  }
  const groups = pages.flatMap(({ body }) => body.value)
  for (const group of groups) t.strictSame(flawsOf(graphShapes.group, group), [])
  t.equal(groups.filter(({ displayName }) => displayName === 'Outer').length, 2, 'a large group comes again')
  t.ok(
    pages.every(({ body }) => '@odata.nextLink' in body !== '@odata.deltaLink' in body),
    'one link a page',
  )

  directory.removeUser(jane.id)
  const changed = await get(String(pages.at(-1)?.body['@odata.deltaLink']))
  t.match(changed.body.value, [
    { displayName: 'Outer', 'members@delta': [{ id: jane.id, '@removed': { reason: 'deleted' } }] },
  ])
  t.match((await get(String(users.body['@odata.deltaLink']))).body.value, [
    { id: jane.id, '@removed': { reason: 'changed' } },
  ])

  t.match(await failure('/users/delta?$top=5'), { status: 400, code: 'Request_UnsupportedQuery' })
  t.match(await failure('/users/delta?$select=nonsense'), { status: 400 })
  t.match(await failure('/users/$count'), { status: 400 }, 'counts need the advanced index')
  t.match(await failure(`/groups/${jane.id}/members`), { status: 404, code: 'Request_ResourceNotFound' })
  graph.permissions.delete('User.Read.All')
  t.match(await failure('/users'), { status: 403, code: 'Authorization_RequestDenied' })
  graph.permissions.add('User.Read.All')
  graph.forgetPositions()
  const gone = await failure(String(users.body['@odata.deltaLink']))
  t.match(gone, { status: 410, code: 'resyncRequired' })
  t.match(gone.headers.get('location'), `${origin}/v1.0/users/delta`)
})
