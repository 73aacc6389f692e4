import { standardResourceTypes } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import t from 'tap'
import { deleteDirectory, listDirectoryResources, read, transact } from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'
import { playerOf, randomCommands } from './support/random-commands.ts'

const difference = `
  SELECT d.directory_id, counts.user_count, counts.group_count, users.users, groups.groups
  FROM directories d
  LEFT JOIN directory_counts counts USING (organization_id, directory_id)
  CROSS JOIN LATERAL (SELECT count(*) AS users FROM directory_users u WHERE u.directory_id = d.directory_id) users
  CROSS JOIN LATERAL (SELECT count(*) AS groups FROM directory_groups g WHERE g.directory_id = d.directory_id) groups
  WHERE (coalesce(counts.user_count, 0), coalesce(counts.group_count, 0)) <> (users.users, groups.groups)`

t.test('#50 totals stay exact under parallel creates and deletes', async (t) => {
  t.comment(`seed ${seed}`)
  const installation = await openInstallation(t)
  const { database } = installation
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  const scopes = [await installation.addOrganization('A'), await installation.addOrganization('B')]
  const directories = []
  for (const scope of scopes) for (const name of ['1', '2']) directories.push(await addDirectory(database, scope, name))
  const play = playerOf(directories)
  const commands = randomCommands(seed, times(400, 4_000))
  const workers = Array.from({ length: 8 }, async (_, worker) => {
    for (let at = worker; at < commands.length; at += 8) {
      const command = commands[at]
      if (command !== undefined) await play(command)
    }
  })
  // Batches, of which some names are taken and some transactions come to nothing.
  const [first] = directories
  const batches = Array.from({ length: 20 }, (_, n) =>
    first?.createUsers([0, 1, 2, 3].map((k) => userDocument(`batch-${(n + k) % 23}@acme.test`))),
  )
  const [scope] = scopes
  if (scope === undefined || first === undefined) throw new Error('There is no organization')
  const regret = new Error('regretted')
  const undone = Array.from({ length: 5 }, () =>
    t.rejects(
      transact(database, scope, cause, async (tx) => {
        tx.count(first.directoryId, 'users', 1_000)
        throw regret
      }),
      regret,
    ),
  )
  await Promise.all([...workers, ...batches, ...undone])
  t.same((await superuser.query(difference)).rows, [])
  const { rows } = await superuser.query(
    'SELECT sum(user_count)::int AS users, sum(group_count)::int AS groups FROM directory_counts',
  )
  t.ok(rows[0].users > 20 && rows[0].groups > 0, `${rows[0].users} users and ${rows[0].groups} groups are left`)

  const everything = { filter: undefined, sort: undefined }
  const place = { directoryId: first.directoryId, baseUrl: 'https://muster.test', types: standardResourceTypes }
  const list = () =>
    read(database, scope, (reader) =>
      listDirectoryResources(
        reader,
        place,
        { user: everything, group: everything },
        { limit: 10_000, from: { offset: 0 }, wantsTotal: true },
        { withGroups: false, membersMax: 0 },
      ),
    )
  const { total, rows: listed } = await list()
  t.equal(total, listed.length)
  await transact(database, scope, cause, (tx) => deleteDirectory(tx, first.directoryId))
  t.same(await list(), { total: 0, rows: [], next: undefined })
  t.same((await superuser.query(difference)).rows, [])
})
