import { seed, times } from '@muster/testkit/effort'
import t from 'tap'
import { type Database, deleteDirectory, type OrganizationScope, transact, updateOrganization } from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { comparableGroups, comparableUsers } from './support/fold.ts'
import { connect, killOne, openInstallation } from './support/installation.ts'
import { administratorOf, finishEverything, randomDeeds } from './support/random-administration.ts'
import { passIfCutOff, playerOf, randomCommands } from './support/random-commands.ts'
import { allGroups, allUsers, eventsDuring, eventsOf } from './support/reading.ts'

const watchedCount = times(200, 5_000)
const commandCount = 10_000
/** Commands behind which the log so far is compared with the tables. */
const batchCount = 2_500
/** One command in so many is an administrator's. */
const deedsEvery = 10
const limits = { removalsMax: 2 }
const guard = { users: limits, groups: limits, memberships: limits }

/** Commands of sources and of an administrator, to be done by whoever is free. */
function worldOf(stage: Parameters<typeof administratorOf>[0], worldSeed: number, count: number) {
  const [play, administer] = [playerOf(stage.directories), administratorOf(stage)]
  const commands = randomCommands(worldSeed, count)
  const deeds = randomDeeds(worldSeed, Math.ceil(count / deedsEvery))
  return commands.map((command, index) => {
    const deed = index % deedsEvery === 0 ? deeds[index / deedsEvery] : undefined
    return deed === undefined
      ? { what: command, run: () => play(command) }
      : { what: deed, run: () => administer(deed) }
  })
}

async function openWorld(t: Parameters<typeof openInstallation>[0], directoryCount: number) {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  t.comment(`seed ${seed}`)
  const scope = await addOrganization('Acme', { guarded: true })
  await transact(database, scope, cause, (tx) => updateOrganization(tx, { guard }))
  const directories = []
  for (let number = 1; number <= directoryCount; number++) {
    directories.push(await addDirectory(database, scope, `Directory ${number}`))
  }
  return { database, scope, directories, testDatabase }
}

async function snapshot(database: Database, scope: OrganizationScope): Promise<string> {
  const users = await allUsers(database, scope)
  const groups = await allGroups(database, scope)
  return JSON.stringify([comparableUsers(users.values() as never), comparableGroups(groups.values() as never)])
}

t.test('one command after the other: events tell every change, and nothing else', async (t) => {
  const stage = await openWorld(t, 2)
  const { database, scope } = stage
  let [before, sequence] = [await snapshot(database, scope), 0]
  const silent: unknown[] = []
  const empty: unknown[] = []
  for (const { what, run } of worldOf(stage, seed, watchedCount)) {
    await run()
    const events = await eventsOf(database, scope, sequence)
    sequence += events.length
    const after = await snapshot(database, scope)
    const telling = events.filter(({ type }) => type !== 'directory.user.synced' && !type.startsWith('hold.'))
    if (after !== before && telling.length === 0) silent.push(what)
    if (after === before && telling.length > 0) empty.push([what, telling.map((event) => event.type)])
    before = after
  }
  t.same(silent, [], `no change without an event (seed ${seed})`)
  t.same(
    empty.filter((entry) => !isRepeatedDeletion(entry)),
    [],
    `no event without a change (seed ${seed})`,
  )
  await assertFolds(t, stage, seed)
})

/** A person who was inactive before is told to be deleted when the last directory lets go: the row stays as it was. */
function isRepeatedDeletion(entry: unknown): boolean {
  return JSON.stringify(entry).includes('"directory.user.deleted"')
}

t.test(`${commandCount} commands, eight at once over three directories, some of them cut off`, async (t) => {
  const stage = await openWorld(t, 3)
  const { database, scope, directories } = stage
  const superuser = await connect(t, stage.testDatabase.superuserUrl)
  const world = worldOf(stage, seed + 1, commandCount)
  let live: Awaited<ReturnType<typeof assertFolds>> | undefined
  while (world.length > 0) {
    const batch = world.splice(0, batchCount)
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let one = batch.pop(); one !== undefined; one = batch.pop()) {
          if (batch.length % 100 === 0) await killOne(superuser)
          await one.run().catch(passIfCutOff)
        }
      }),
    )
    live = await assertFolds(t, stage, seed, live)
  }
  await finishEverything(stage)
  await transact(database, scope, cause, (tx) => deleteDirectory(tx, directories[1]?.directoryId ?? ''))
  await assertFolds(t, stage, seed, live)
  const whole = await assertFolds(t, stage, seed)
  t.comment(`${whole.sequence} events`)
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
