import { seed, times } from '@muster/testkit/effort'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { findHold, read, transact } from '../src/index.ts'
import { assertFolds } from './support/assert-folds.ts'
import { cause, type TestDirectory } from './support/directory.ts'
import { approve, type HoldStage, holdsOf, mapRole, miscounted, openHoldStage, reject } from './support/hold-stage.ts'
import { type Command, playerOf, randomCommands } from './support/random-commands.ts'

const commandCount = times(250, 3_000)

const limits = { removalsMax: 1 }
const guard = { users: limits, groups: limits, memberships: limits }

/** Groups inside groups, and decisions, between the commands of sources. */
async function meddle(stage: HoldStage, directories: readonly TestDirectory[], command: Command): Promise<void> {
  const [number = 0, other = 0] = command.picks
  if (command.target % 7 === 0) {
    const directory = directories[number % directories.length]
    const { rows: groups } = await read(stage.database, stage.scope, ({ db }) =>
      sql<{ id: string }>`SELECT directory_group_id AS id FROM directory_groups
        WHERE directory_id = ${directory?.directoryId}`.execute(db),
    )
    const ids = groups.map((row) => row.id)
    const [parent, child] = [ids[number % ids.length], ids[other % ids.length]]
    const kind = command.active ? 'add' : 'remove'
    if (parent !== undefined && child !== undefined && parent !== child)
      await directory?.changeMembers(parent, [{ kind, ids: [child] }])
  }
  if (command.target % 4 === 0) await decide(stage, command)
  if (command.target % 5 === 0) await forget(stage)
}

async function decide(stage: HoldStage, { active }: Command): Promise<void> {
  const open = (await holdsOf(stage)).find(({ status }) => status === 'open')
  if (open === undefined) return
  const done = active ? approve(stage, open.holdId) : reject(stage, open.holdId)
  // The source may have been quicker.
  await done.catch((error) => {
    if (error.code !== 'conflict') throw error
  })
}

/** An hour goes by. */
function forget({ database, scope }: HoldStage): Promise<unknown> {
  return transact(database, scope, cause, (tx) => sql`DELETE FROM removal_counts`.execute(tx.db))
}

/** Where people differ from what their directories say; nowhere, when nothing waits. */
const differences = `
  WITH RECURSIVE reached (user_id, directory_id, group_id) AS (
    SELECT l.user_id, l.directory_id, m.directory_group_id FROM user_links l JOIN users u ON u.user_id = l.user_id
    JOIN memberships m ON m.directory_id = l.directory_id AND m.directory_user_id = l.directory_user_id WHERE l.active AND u.state = 'active'
    UNION
    SELECT r.user_id, r.directory_id, m.directory_group_id FROM reached r
    JOIN memberships m ON m.directory_id = r.directory_id AND m.child_group_id = r.group_id
  ), wanted (what, a, b) AS (
    SELECT 'link', directory_user_id::text, active::text FROM directory_users
    UNION ALL SELECT 'group', directory_group_id::text, display_name FROM directory_groups
    UNION ALL SELECT 'membership', user_id::text, group_id::text FROM reached
    UNION ALL SELECT 'role', r.user_id::text, 'group:' || r.group_id FROM reached r
      JOIN groups g ON g.group_id = r.group_id JOIN role_mappings m ON m.group_name_key = g.name_key
  ), actual (what, a, b) AS (
    SELECT 'link', directory_user_id::text, active::text FROM user_links
    UNION ALL SELECT 'group', group_id::text, name FROM groups
    UNION ALL SELECT 'membership', user_id::text, group_id::text FROM user_groups
    UNION ALL SELECT 'role', user_id::text, source FROM user_roles
  )
  (SELECT 'missing' AS how, * FROM (SELECT * FROM wanted EXCEPT SELECT * FROM actual) m)
  UNION ALL (SELECT 'left', * FROM (SELECT * FROM actual EXCEPT SELECT * FROM wanted) l)`

async function assertApproved(t: Test, stage: HoldStage): Promise<void> {
  const holds = await holdsOf(stage)
  t.ok(holds.length > 2, `${holds.length} holds (seed ${seed})`)
  for (const { holdId, status } of holds) {
    if (['open', 'rejected', 'expired'].includes(status)) await approve(stage, holdId)
    const found = await read(stage.database, stage.scope, (reader) => findHold(reader, holdId))
    t.same(found?.waiting, { users: 0, groups: 0, memberships: 0 }, `nothing waits in a hold that is ${found?.status}`)
  }
  t.same((await stage.superuser.query(differences)).rows, [], `people are what directories say (seed ${seed})`)
  t.same((await stage.superuser.query('SELECT FROM hold_routes')).rows, [])
}

for (const together of [1, 6]) {
  t.test(`random commands under a narrow guard, ${together} at once, and random decisions`, async (t) => {
    const stage = await openHoldStage(t, { guard })
    // Names are given in order, so that some of the groups to come give a role.
    for (let number = 1; number < 200; number += 3) await mapRole(stage, `group-${number}`, `role-${number % 2}`)
    const directories = [stage.directory, await stage.addDirectory('Second')]
    const play = playerOf(directories)
    const commands = randomCommands(seed + together, commandCount)
    await Promise.all(
      Array.from({ length: together }, async () => {
        for (let command = commands.pop(); command !== undefined; command = commands.pop()) {
          await play(command)
          await meddle(stage, directories, command)
        }
      }),
    )
    t.same(await miscounted(stage), [], `counts (seed ${seed})`)
    await assertFolds(t, stage, seed)
    await assertApproved(t, stage)
    t.same(await miscounted(stage), [], `counts (seed ${seed})`)
    await assertFolds(t, stage, seed)
  })
}
