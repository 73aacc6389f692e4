import t from 'tap'
import { postUser, sendBulk, statusesOf } from './support/bulk.ts'
import { startDirectory } from './support/installation.ts'
import { isScimError } from './support/is-scim-error.ts'
import { costs, register } from './support/registered-schemas.ts'
import { urns } from './support/scim-client.ts'

t.test('many small PATCHes do not make a resource that no request could carry', async (t) => {
  const { client } = await startDirectory(t)
  const id = await client.addUser('jane')
  const street = 'x'.repeat(60_000)
  const grow = (n: number) =>
    client.patch(`/Users/${id}`, {
      op: 'add',
      path: 'addresses',
      value: Array.from({ length: 8 }, (_, at) => ({ type: `${n}-${at}`, streetAddress: street })),
    })
  t.equal((await grow(1)).status, 200)
  t.equal((await grow(2)).status, 200)
  isScimError(t, await grow(3), 413)
  const { body, headers } = await client.get(`/Users/${id}`)
  t.equal((body.addresses as unknown[]).length, 16, 'and what was there stays')
  t.equal(headers.get('etag'), 'W/"3"')
})

t.test('a bulk request, which may carry more, makes no such resource either', async (t) => {
  const { client, installation, ...acme } = await startDirectory(t)
  await register(installation, acme, { id: costs, attributes: [{ name: 'centers', multiValued: true }] }, 'Group')
  const id = await client.addUser('jane')
  const team = await client.addGroup('team')
  const texts = Array.from({ length: 20 }, (_, at) => `${at}${'x'.repeat(60_000)}`)
  const addresses = texts.map((streetAddress) => ({ streetAddress }))
  const user = (userName: string) => ({ schemas: [urns.user], userName, addresses })
  const group = { schemas: [urns.group, costs], displayName: 'large', [costs]: { centers: texts } }
  const large = [
    { method: 'POST', path: '/Users', bulkId: 'user', data: user('large') },
    { method: 'PUT', path: `/Users/${id}`, data: user('jane') },
    { method: 'POST', path: '/Groups', bulkId: 'group', data: group },
    { method: 'PUT', path: `/Groups/${team}`, data: group },
  ]
  for (const operation of large) {
    const outcomes = await sendBulk(t, client, [operation, postUser('small', `beside ${operation.path}`)])
    t.same(statusesOf(outcomes), ['413', '201'], `${operation.method} ${operation.path}`)
  }
  t.equal((await client.get('/Users')).body.totalResults, 1 + large.length)
  t.equal((await client.get('/Groups')).body.totalResults, 1)
  for (const path of [`/Users/${id}`, `/Groups/${team}`]) t.equal((await client.get(path)).headers.get('etag'), 'W/"1"')
})
