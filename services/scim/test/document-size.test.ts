import t from 'tap'
import { startDirectory } from './support/installation.ts'
import { isScimError } from './support/is-scim-error.ts'

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
