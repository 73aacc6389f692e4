import { seed, times } from '@muster/testkit/effort'
import t from 'tap'
import { type Database, type OrganizationScope, readSnapshot, type SnapshotPart, transact } from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { comparableGroups, comparableUsers, foldEvents, foldSnapshot } from './support/fold.ts'
import { connect, openInstallation } from './support/installation.ts'
import { playerOf, randomCommands } from './support/random-commands.ts'
import { allGroups, allUsers, eventsOf } from './support/reading.ts'

const commandCount = times(250, 4_000)

type View = Record<string, unknown> & { id: string }

/** A whole snapshot, as JSON would have it; `pause` comes between its pages. */
async function take(database: Database, scope: OrganizationScope, pause = async () => {}) {
  const parts: SnapshotPart[] = []
  await readSnapshot(database, scope, async (part) => {
    parts.push(JSON.parse(JSON.stringify(part)))
    await pause()
  })
  const [start, end] = [parts[0], parts.at(-1)]
  if (start?.kind !== 'start' || end?.kind !== 'end') throw new Error('The snapshot has no beginning or no end')
  const users = parts.flatMap((part) => (part.kind === 'users' ? (part.users as View[]) : []))
  const groups = parts.flatMap((part) => (part.kind === 'groups' ? (part.groups as View[]) : []))
  return { sequence: start.sequence, users, groups, counts: { users: end.users, groups: end.groups }, parts }
}

t.test('while eight write: each snapshot and the events behind it are the tables', async (t) => {
  const { database, addOrganization } = await openInstallation(t, { connectionsMax: 12 })
  const scope = await addOrganization()
  const directories = [await addDirectory(database, scope, 'First'), await addDirectory(database, scope, 'Second')]
  const play = playerOf(directories)
  const commands = randomCommands(seed, commandCount)
  const writers = Array.from({ length: 8 }, async () => {
    for (let command = commands.pop(); command !== undefined; command = commands.pop()) await play(command)
  })
  const snapshots: Awaited<ReturnType<typeof take>>[] = []
  const isWriting = () => commands.length > 0
  // Between its first line and its first page, others commit.
  const pause = async () => {
    const before = commands.length
    while (isWriting() && before - commands.length < 20) await new Promise((resolve) => setImmediate(resolve))
  }
  while (isWriting()) snapshots.push(await take(database, scope, pause))
  await Promise.all(writers)
  const events = await eventsOf(database, scope)
  const sorted = <T extends View>(views: Iterable<T>) => [...views].sort((a, b) => (a.id < b.id ? -1 : 1))
  const users = comparableUsers(sorted((await allUsers(database, scope)).values() as never))
  const groups = comparableGroups(sorted((await allGroups(database, scope)).values() as never))
  t.ok(snapshots.length > 1 && snapshots.some(({ sequence }) => sequence < events.length), 'taken while they wrote')
  for (const { sequence, counts, ...start } of snapshots) {
    t.same(counts, { users: start.users.length, groups: start.groups.length })
    const folded = foldEvents(events.slice(sequence), foldSnapshot(start.users, start.groups))
    const at = `from ${sequence} of ${events.length} (seed ${seed})`
    t.same(folded.complaints, [], `nothing contradicts, ${at}`)
    t.same(comparableUsers(sorted(folded.users.values()), folded.members), users, `users ${at}`)
    t.same(comparableGroups(sorted(folded.groups.values())), groups, `groups ${at}`)
    const upTo = foldEvents(events.slice(0, sequence))
    t.same(
      comparableUsers(sorted(upTo.users.values()), upTo.members),
      comparableUsers(sorted(start.users)),
      `up to there, ${at}`,
    )
  }
})

t.test('page by page, in one transaction that ends with it', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t, { connectionsMax: 2 })
  const [scope, empty] = [await addOrganization(), await addOrganization('Empty')]
  const directory = await addDirectory(database, scope)
  for (let batch = 0; batch < 3; batch++) {
    await directory.createUsers(
      Array.from({ length: 900 }, (_, index) => userDocument(`user-${batch}-${index}@acme.test`)),
    )
  }
  const superuser = await connect(t, testDatabase.superuserUrl)
  const { rows } = await superuser.query('SELECT last_sequence FROM event_sequences WHERE organization_id = $1', [
    scope.organizationId,
  ])
  let pages = 0
  const { users, parts, sequence } = await take(database, scope, async () => {
    // Who has it all in one moment does not see who left in between.
    if (++pages === 2) {
      await transact(database, scope, cause, ({ db }) =>
        db
          .updateTable('users')
          .set({ idp_id: 'changed' })
          .where('organization_id', '=', scope.organizationId)
          .execute(),
      )
    }
  })
  t.equal(sequence, Number(rows[0]?.last_sequence))
  t.same(
    parts.map((part) => (part.kind === 'users' ? part.users.length : part.kind)),
    ['start', 1_000, 1_000, 700, 'end'],
  )
  t.equal(new Set(users.map(({ id }) => id)).size, 2_700, 'everybody once')
  t.ok(
    users.every(({ idpId }) => idpId !== 'changed'),
    'as it was at the first line',
  )
  const failing = readSnapshot(database, scope, async (part) => {
    if (part.kind === 'users') throw new Error('nobody reads')
  })
  await t.rejects(failing, /nobody reads/)
  const open = await superuser.query(`SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND application_name = 'muster' AND state <> 'idle'`)
  t.equal(open.rowCount, 0, 'no transaction is left')
  const nobody = await take(database, empty)
  t.same([nobody.parts.map(({ kind }) => kind), nobody.sequence], [['start', 'end'], 0])
})
