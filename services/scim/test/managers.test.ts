import t from 'tap'
import { startInstallation } from './support/installation.ts'
import { urns } from './support/scim-client.ts'

t.test('#43 by the letter a manager is a user of the directory; in tolerance it may be anything', async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const { client } = await installation.addDirectory(scope, { scimProfile: 'strict' })
  const other = await installation.addDirectory(scope, { scimProfile: 'strict', name: 'Other' })
  const [boss, stranger] = [await client.addUser('boss'), await other.client.addUser('stranger')]
  const managed = (value: string) => ({
    schemas: [urns.user, urns.enterprise],
    userName: 'anna',
    [urns.enterprise]: { manager: { value } },
  })
  const refused = { status: 400, body: { scimType: 'invalidValue', detail: /^manager/ } }
  for (const value of ['m-17', crypto.randomUUID(), stranger]) {
    t.match(await client.send('POST', '/Users', managed(value)), refused, `created with ${value}`)
  }
  const created = await client.send('POST', '/Users', managed(boss.toUpperCase()))
  t.equal(created.status, 201, created.text)
  const path = `/Users/${created.body.id}`
  t.match(await client.send('PUT', path, managed(stranger)), refused)
  const set = (value: string) => client.patch(path, { op: 'replace', path: `${urns.enterprise}:manager.value`, value })
  t.match(await set(stranger), refused)
  t.equal((await set(boss)).status, 200)
  t.equal((await client.send('DELETE', `/Users/${boss}`)).status, 204)
  const title = await client.patch(path, { op: 'replace', path: 'title', value: 'Lead' })
  t.equal(title.status, 200, 'a manager who has gone since stands in nobody’s way')

  const tolerant = await installation.addDirectory(scope, { name: 'Tolerant' })
  t.equal((await tolerant.client.send('POST', '/Users', managed('m-17'))).status, 201)
})
