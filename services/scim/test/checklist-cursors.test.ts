import t from 'tap'
import { startInstallation } from './support/installation.ts'
import { isScimError } from './support/is-scim-error.ts'

t.test('#74 #117 a cursor of another directory is as good as made up', async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const strangers = await installation.addOrganization('Rival')
  const ours = await installation.addDirectory(scope, { name: 'ours' })
  const others = [
    await installation.addDirectory(scope, { name: 'sibling' }),
    await installation.addDirectory(strangers, { name: 'stranger' }),
  ]
  for (const { client } of [ours, ...others]) {
    for (const name of ['ada', 'bob', 'cyd']) await client.addUser(name)
  }
  const pageAt = (client: typeof ours.client, cursor: string) => client.get(`/Users?count=1&cursor=${cursor}`)
  const { body } = await pageAt(ours.client, '')
  const cursor = String(body.nextCursor)
  t.equal((await pageAt(ours.client, cursor)).status, 200)
  for (const { client } of others) {
    const foreign = await pageAt(client, cursor)
    isScimError(t, foreign, 400, 'invalidCursor')
    const nonsense = await pageAt(client, 'nonsense')
    t.equal(foreign.text, nonsense.text, 'nobody learns which cursors there are')
  }
})
