import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { explainAbsence, explainUser, findUser, read, settlePeople, transact } from '../src/index.ts'
import { stopAutovacuum } from './support/catalogue.ts'
import { cause, userDocument } from './support/directory.ts'
import { explainWorlds } from './support/explain-worlds.ts'
import { greedy, openExplainedPool } from './support/explained-pool.ts'
import { openExplainStage } from './support/explaining.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillLargeDirectory, planLargeDirectory } from './support/large-directory.ts'

t.test('of very many groups as many are told as there is room for, and it says so', async (t) => {
  const stage = await openExplainStage(await openInstallation(t))
  const id = await stage.okta.createUser(userDocument('jane@acme.test'))
  const userId = await stage.personOf(stage.okta, id)
  await transact(stage.database, stage.scope, cause, async (tx) => {
    const { directoryId } = stage.okta
    await sql`INSERT INTO directory_groups (organization_id, directory_id, directory_group_id, display_name,
        display_name_key, unique_name, resource)
      SELECT ${tx.organizationId}, ${directoryId}::uuid, gen_random_uuid(), 'g' || n, 'g' || n, true, '{}'
      FROM generate_series(1, 1100) n`.execute(tx.db)
    await sql`INSERT INTO groups (organization_id, directory_id, group_id, name, name_key)
      SELECT organization_id, directory_id, directory_group_id, display_name, display_name_key FROM directory_groups
      WHERE organization_id = ${tx.organizationId}`.execute(tx.db)
    await sql`INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
      SELECT organization_id, directory_id, directory_group_id, ${id}::uuid FROM directory_groups
      WHERE organization_id = ${tx.organizationId}`.execute(tx.db)
    await settlePeople(tx, directoryId, [id])
  })
  const explanation = await stage.explain(userId)
  t.equal(explanation.isComplete, false)
  t.equal(explanation.groups.length, 1_000)
  t.ok(explanation.groups.every(({ way, reason }) => way?.length === 1 && reason === 'member'))
})

t.test('nobody of another organization is explained', async (t) => {
  const installation = await openInstallation(t)
  const [acme, other] = [await openExplainStage(installation), await openExplainStage(installation)]
  const id = await other.okta.createUser(userDocument('jane@acme.test'))
  const userId = await other.personOf(other.okta, id)
  t.equal(await read(acme.database, acme.scope, (reader) => explainUser(reader, userId)), undefined)
  t.equal(await read(acme.database, acme.scope, (reader) => findUser(reader, userId)), undefined)
  t.strictSame((await acme.explainAbsence({ by: 'directoryUserId', value: id })).directoryUsers, [])
  t.strictSame((await acme.explainAbsence({ by: 'email', value: 'jane@acme.test' })).users, [])
})

t.test('over random worlds explanations agree with the tables', async (t) => {
  const property = explainWorlds(await openInstallation(t))
  const outcome = await fc.check(property, { seed, numRuns: times(8, 300) })
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : undefined, undefined, `MUSTER_SEED=${seed}`)
})

t.test('one person of very many is explained from what is about that one', async (t) => {
  const installation = await openInstallation(t)
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  await stopAutovacuum(superuser)
  const large = await planLargeDirectory(installation)
  const { scope, directory, userId: directoryUserId, groupId } = large
  const pool = await openExplainedPool(t, installation, {})
  let userId = directoryUserId
  const readings = () => [
    () => read(pool.database, scope, (reader) => explainUser(reader, userId, { roleId: 'reader', groupId })),
    ...(['email', 'userName', 'externalId', 'directoryUserId'] as const).map((by) => () => {
      const value = { email: 'user-10000@acme.test', userName: 'USER-10000@acme.test', externalId: 'ext-10000' }
      const question = { by, value: by === 'directoryUserId' ? directoryUserId : value[by] }
      return read(pool.database, scope, (reader) => explainAbsence(reader, question))
    }),
  ]
  // Plans are made while the tables are empty, and stay.
  for (const reading of readings()) await reading()
  await fillLargeDirectory(superuser, large, 20_000)
  const { rows } = await superuser.query('SELECT user_id FROM user_links WHERE directory_user_id = $1', [
    directoryUserId,
  ])
  userId = rows[0].user_id
  await read(pool.database, scope, async (reader) => {
    t.match(await explainUser(reader, userId, { groupId }), { group: { has: true }, groups: [{}, {}], roles: [{}] })
    const found = await explainAbsence(reader, {
      by: 'directoryUserId',
      value: directoryUserId,
      directoryId: directory.directoryId,
    })
    t.equal(found.directoryUsers.length, 1)
  })
  for (const statistics of ['without', 'planned without', 'with']) {
    if (statistics !== 'without') await pool.forgetPlans()
    if (statistics === 'with') await superuser.query('ANALYZE')
    for (const [at, reading] of readings().entries()) {
      const tooMuch = greedy(await pool.during(reading), 100)
      t.same(tooMuch, [], `reading ${at}, ${statistics} statistics ${tooMuch}`)
    }
  }
})
