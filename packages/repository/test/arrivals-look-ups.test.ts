import { newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import {
  countArrivals,
  createDirectoryUsers,
  type Database,
  deleteDirectoryUsers,
  finishArrivals,
  listArrivals,
  nextArrivalRound,
  read,
  settlePeople,
  type Transaction,
  transact,
  updateDirectoryUsers,
} from '../src/index.ts'
import { stopAutovacuum } from './support/catalogue.ts'
import { cause, userDocument } from './support/directory.ts'
import { type ExplainedStatement, greedy, openExplainedPool } from './support/explained-pool.ts'
import { addHook, proceedWithAll, rootKeys } from './support/hooks.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillLargeDirectory, type LargeDirectory, planLargeDirectory } from './support/large-directory.ts'

const userCount = 20_000
/** Rows that any step of a statement may touch: about one user, and about the 500 of a call. */
const rowsMax = { one: 500, call: 5_000 } as const

const changedMind = new Error('changed its mind')

/** About one user while there is a hook; nothing of it stays. */
function changes({ directory: { directoryId }, userId }: LargeDirectory, waitingId: string) {
  const document = userDocument('user-10000@acme.test', { title: 'Engineer' })
  return {
    'create a user': (tx: Transaction) =>
      createDirectoryUsers(tx, directoryId, [{ directoryUserId: newUuid(), document: userDocument(newUuid()) }]),
    'change a user': (tx: Transaction) =>
      updateDirectoryUsers(tx, directoryId, [{ directoryUserId: userId, document }]),
    'change a user who waits': (tx: Transaction) =>
      updateDirectoryUsers(tx, directoryId, [
        { directoryUserId: waitingId, document: userDocument('other@acme.test') },
      ]),
    'settle a user who waits': (tx: Transaction) => settlePeople(tx, directoryId, [waitingId]),
    'delete a user who waits': (tx: Transaction) => deleteDirectoryUsers(tx, directoryId, [waitingId]),
  }
}

async function oneCall(database: Database, { scope }: LargeDirectory): Promise<number> {
  const round = await nextArrivalRound(database, scope.organizationId, rootKeys)
  if (round.state !== 'ask') return 0
  const users = round.question.arrivals.map(({ view }) => view)
  const answer = proceedWithAll(users, round.question)
  await finishArrivals(database, round.question, { status: 200, body: JSON.stringify(answer) })
  return users.length
}

t.test(`with ${userCount} people, and as many who wait, every statement reads what it is about`, async (t) => {
  const installation = await openInstallation(t)
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  await stopAutovacuum(superuser)
  const large = await planLargeDirectory(installation)
  const { scope, directory } = large
  await addHook(installation.database, scope)
  const pool = await openExplainedPool(t, installation, { plan_cache_mode: 'force_generic_plan' })
  const waitingId = newUuid()
  const undone = (work: (tx: Transaction) => Promise<unknown>) =>
    transact(pool.database, scope, cause, async (tx) => {
      await work(tx)
      throw changedMind
    }).catch((error) => {
      if (error !== changedMind) throw error
    })
  const page = { after: undefined, limit: 100 }
  const works: Record<string, () => Promise<unknown>> = {
    ...Object.fromEntries(Object.entries(changes(large, waitingId)).map(([name, work]) => [name, () => undone(work)])),
    'list of those who wait': () => read(pool.database, scope, (reader) => listArrivals(reader, 'waiting', page)),
    'list of those who were vetoed': () => read(pool.database, scope, (reader) => listArrivals(reader, 'vetoed', page)),
  }
  // As in an installation whose first import is under way: statements are planned when nobody is there.
  for (const work of Object.values(works)) await work()
  await directory.createUser(userDocument('first@acme.test'))
  await oneCall(pool.database, large)
  await superuser.query('DELETE FROM directory_counts')
  await fillLargeDirectory(superuser, large, userCount)
  await superuser.query(`
    SET session_replication_role = 'replica';
    INSERT INTO directory_users (organization_id, directory_id, directory_user_id, user_name_key, active, resource, mapped)
      SELECT '${scope.organizationId}', '${directory.directoryId}', CASE n WHEN 1 THEN '${waitingId}' ELSE gen_random_uuid() END,
        'waits-' || n || '@acme.test', true, '{}', json_build_object('email', 'waits-' || n, 'emailKey', 'waits-' || n)
      FROM generate_series(1, ${userCount}) n;
    INSERT INTO arrivals (organization_id, directory_id, directory_user_id, user_id, cause)
      SELECT organization_id, directory_id, directory_user_id, gen_random_uuid(), '{"kind":"scim","id":"test"}'
      FROM directory_users WHERE user_name_key LIKE 'waits-%';
    SET session_replication_role = 'origin'`)
  const assertFrugal = (statistics: string, name: string, statements: readonly ExplainedStatement[], max: number) => {
    t.ok(statements.length > 0, `${name} was explained`)
    const tooMuch = greedy(statements, max)
    t.same(tooMuch, [], `${name}, ${statistics} statistics ${tooMuch}`)
  }
  for (const statistics of ['without', 'planned without', 'with']) {
    if (statistics !== 'without') await pool.forgetPlans()
    if (statistics === 'with') await superuser.query('ANALYZE')
    for (const [name, work] of Object.entries(works))
      assertFrugal(statistics, name, await pool.during(work), rowsMax.one)
    let asked = 0
    const statements = await pool.during(async () => {
      asked = await oneCall(pool.database, large)
    })
    t.equal(asked, 500)
    assertFrugal(statistics, 'a call', statements, rowsMax.call)
  }
  const count = await read(pool.database, scope, (reader) => countArrivals(reader, 'waiting'))
  t.equal(count, userCount - 1_500)
})
