import t, { type Test } from 'tap'
import {
  changeMembers,
  type Database,
  finishDirectoryGroup,
  lockDirectoryGroup,
  type OrganizationScope,
  transact,
} from '../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { newGate, untilWaiting } from './support/gate.ts'
import { connect, openInstallation } from './support/installation.ts'
import { allUsers } from './support/reading.ts'

interface Stage {
  database: Database
  scope: OrganizationScope
  directory: TestDirectory
  /** Ids of a user and of two groups. */
  user: string
  inner: string
  outer: string
}

/** Runs `meanwhile` while somebody has put the user into the inner group, and has not committed. */
async function whileJoining(
  t: Test,
  begin: (stage: Stage) => Promise<unknown>,
  meanwhile: (stage: Stage) => Promise<unknown>,
) {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const user = await directory.createUser(userDocument('jane@acme.test'))
  const [inner, outer] = [await directory.createGroup('inner'), await directory.createGroup('outer')]
  const stage = { database, scope, directory, user, inner, outer }
  await begin(stage)
  const [joined, go] = [newGate(), newGate()]
  const joining = transact(database, scope, cause, async (tx) => {
    const group = await lockDirectoryGroup(tx, directory.directoryId, inner)
    if (group === undefined) throw new Error('The group is gone')
    const changes = await changeMembers(tx, group, [{ kind: 'add', ids: [user] }])
    await finishDirectoryGroup(tx, group, undefined, changes)
    joined.open()
    await go.opened
  })
  await joined.opened
  const changing = meanwhile(stage)
  await Promise.race([untilWaiting(superuser, 1), changing])
  go.open()
  await Promise.all([joining, changing])
  const [jane] = [...(await allUsers(database, scope)).values()]
  return ((jane?.groups ?? []) as { name: string }[]).map(({ name }) => name)
}

const nest = ({ directory, inner, outer }: Stage) => directory.changeMembers(outer, [{ kind: 'add', ids: [inner] }])
const unnest = ({ directory, inner, outer }: Stage) =>
  directory.changeMembers(outer, [{ kind: 'remove', ids: [inner] }])

t.test('who joins a group while something becomes of the groups around it', async (t) => {
  t.same(await whileJoining(t, async () => undefined, nest), ['inner', 'outer'], 'it is put inside another one')
  t.same(await whileJoining(t, nest, unnest), ['inner'], 'it is taken out of one')
  t.same(
    await whileJoining(t, nest, ({ directory, outer }) => directory.deleteGroup(outer)),
    ['inner'],
    'one is deleted',
  )
})
