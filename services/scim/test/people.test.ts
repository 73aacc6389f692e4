import t from 'tap'
import { startDirectory } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { urns } from './support/scim-client.ts'

t.test('a person of two directories: the log follows what each takes away and gives back', async (t) => {
  const { client: first, installation, scope } = await startDirectory(t)
  const { client: second } = await installation.addDirectory(scope, { name: 'Second' })
  const jane = { schemas: [urns.user], userName: 'jane@acme.test' }
  const ids = [await first.addUser(jane.userName), await second.addUser(jane.userName)] as const
  await first.addGroup('One', [ids[0]])
  const group = await second.addGroup('Two', [ids[1]])
  const isFolded = (what: string) => t.test(what, (t) => isConsistent(t, installation.database, scope))
  await isFolded('one person in two groups')
  await second.patch(`/Users/${ids[1]}`, { op: 'replace', value: { active: false } })
  await isFolded('inactive in the second')
  await second.patch(`/Users/${ids[1]}`, { op: 'replace', value: { active: true } })
  await isFolded('active again')
  await second.patch(`/Groups/${group}`, { op: 'replace', value: { displayName: 'Renamed' } })
  await isFolded('a group renamed')
  const deleted = await second.send('DELETE', `/Users/${ids[1]}`)
  t.equal(deleted.status, 204, deleted.text)
  await isFolded('gone from the second')
  await first.patch(`/Users/${ids[0]}`, { op: 'replace', value: { active: false } })
  await isFolded('inactive')
  const again = await second.addUser(jane.userName)
  await second.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: again }] })
  await isFolded('back in the second')
  await first.send('DELETE', `/Users/${ids[0]}`)
  await isFolded('gone from the first')
  await second.send('DELETE', `/Users/${again}`)
  await isFolded('gone')
})
