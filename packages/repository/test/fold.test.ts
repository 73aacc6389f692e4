import { randomInt } from 'node:crypto'
import { MusterError } from '@muster/runtime/errors'
import t, { type Test } from 'tap'
import { type Database, deleteDirectory, type OrganizationScope, transact } from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { comparableGroups, comparableUsers, foldEvents } from './support/fold.ts'
import { connect, killOne, openInstallation } from './support/installation.ts'
import { playerOf, randomCommands } from './support/random-commands.ts'
import { allGroups, allUsers, eventsDuring, eventsOf } from './support/reading.ts'

const commandCount = process.env.MUSTER_LONG ? 10_000 : 400
const seed = Number(process.env.MUSTER_SEED ?? randomInt(2 ** 31))

/** The log, folded, is the tables. */
async function assertFolds(t: Test, database: Database, scope: OrganizationScope): Promise<void> {
  const folded = foldEvents(await eventsOf(database, scope))
  t.same(folded.complaints, [], `nothing in the log contradicts it (seed ${seed})`)
  const users = await allUsers(database, scope)
  const groups = await allGroups(database, scope)
  const byId = (a: string, b: string) => (a < b ? -1 : 1)
  const sorted = <T>(map: Map<string, T>) => [...map.keys()].sort(byId).flatMap((id) => map.get(id) ?? [])
  t.same(
    comparableUsers(sorted(folded.users), folded.members),
    comparableUsers(sorted(users) as never),
    `users (seed ${seed})`,
  )
  t.same(comparableGroups(sorted(folded.groups)), comparableGroups(sorted(groups) as never), `groups (seed ${seed})`)
}

async function snapshot(database: Database, scope: OrganizationScope): Promise<string> {
  const users = await allUsers(database, scope)
  const groups = await allGroups(database, scope)
  return JSON.stringify([comparableUsers(users.values() as never), comparableGroups(groups.values() as never)])
}

t.test('one command after the other: events tell every change, and nothing else', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const directories = [await addDirectory(database, scope, 'First'), await addDirectory(database, scope, 'Second')]
  const play = playerOf(directories)
  let [before, sequence] = [await snapshot(database, scope), 0]
  const silent: unknown[] = []
  const empty: unknown[] = []
  for (const command of randomCommands(seed, commandCount)) {
    await play(command)
    const events = await eventsOf(database, scope, sequence)
    sequence += events.length
    const after = await snapshot(database, scope)
    const telling = events.filter((event) => event.type !== 'directory.user.synced')
    if (after !== before && telling.length === 0) silent.push(command)
    if (after === before && telling.length > 0) empty.push([command, telling.map((event) => event.type)])
    before = after
  }
  t.same(silent, [], `no change without an event (seed ${seed})`)
  t.same(
    empty.filter((entry) => !isRepeatedDeletion(entry)),
    [],
    `no event without a change (seed ${seed})`,
  )
  await assertFolds(t, database, scope)
})

function passIfCutOff(error: unknown): void {
  if (!(error instanceof MusterError && error.code === 'unavailable')) throw error
}

/** A person who was inactive before is told to be deleted when the last directory lets go: the row stays as it was. */
function isRepeatedDeletion(entry: unknown): boolean {
  return JSON.stringify(entry).includes('"directory.user.deleted"')
}

t.test('eight at once over two directories, some of them cut off', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  const directories = [await addDirectory(database, scope, 'First'), await addDirectory(database, scope, 'Second')]
  const play = playerOf(directories)
  const commands = randomCommands(seed + 1, commandCount * 2)
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let command = commands.pop(); command !== undefined; command = commands.pop()) {
        if (commands.length % 40 === 0) await killOne(superuser)
        await play(command).catch(passIfCutOff)
      }
    }),
  )
  await assertFolds(t, database, scope)
  await transact(database, scope, cause, (tx) => deleteDirectory(tx, directories[1]?.directoryId ?? ''))
  await assertFolds(t, database, scope)
})

t.test('what is no change says nothing', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const jane = await directory.createUser(userDocument('jane@acme.test'))
  const group = await directory.createGroup('Engineering', [jane])
  const version = (await directory.findGroup(group))?.version
  const events = await eventsDuring(database, scope, async () => {
    await directory.createUsers([userDocument('JANE@acme.test')])
    await directory.changeMembers(group, [{ kind: 'add', ids: [jane] }])
    await directory.changeMembers(group, [{ kind: 'replace', ids: [jane] }])
    await directory.changeMembers(group, [{ kind: 'remove', ids: [group] }])
    await directory.changeMembers(group, [
      { kind: 'remove', ids: [jane] },
      { kind: 'add', ids: [jane] },
    ])
    await directory.deleteUsers([group])
    t.notOk(await directory.deleteGroup(jane))
  })
  t.same(events, [])
  t.equal((await directory.findGroup(group))?.version, version)
})
