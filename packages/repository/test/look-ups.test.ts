import { newUuid } from '@muster/runtime/type-ids'
import { groupResourceType, parseFilter, profiles, userResourceType } from '@muster/scim'
import t, { type Test } from 'tap'
import {
  changeMembers,
  createDirectoryUsers,
  deleteDirectoryUsers,
  findDirectoryGroup,
  findDirectoryUser,
  findGroup,
  findUser,
  groupCondition,
  listDirectoryGroups,
  listDirectoryUsers,
  listEvents,
  listGroups,
  listUsers,
  type Reader,
  read,
  settlePeople,
  type Transaction,
  transact,
  updateDirectoryUsers,
  userCondition,
} from '../src/index.ts'
import { listOwnedTables } from './support/catalogue.ts'
import { cause, userDocument } from './support/directory.ts'
import { openExplainedPool } from './support/explained-pool.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillLargeDirectory, type LargeDirectory } from './support/large-directory.ts'

const userCount = 50_000
/** Rows that any step of a statement about one thing, or one page of a hundred, may touch. */
const rowsMax = 500

const page = { after: undefined, limit: 100 }
const usersWhere = (filter: string) => ({
  condition: userCondition(parseFilter(filter, userResourceType, profiles.compatible)),
  offset: 0,
  limit: 100,
  withGroups: true,
})
const groupsWhere = (filter: string) => ({
  condition: groupCondition(parseFilter(filter, groupResourceType, profiles.compatible)),
  offset: 0,
  limit: 100,
  withMembers: false,
})

/** What is read by key, name or page, on the way of a request. */
function readings({
  directory,
  groupId,
  userId,
}: LargeDirectory): Record<string, (reader: Reader) => Promise<unknown>> {
  const { directoryId } = directory
  const users = (filter: string) => (reader: Reader) => listDirectoryUsers(reader, directoryId, usersWhere(filter))
  const groups = (filter: string) => (reader: Reader) => listDirectoryGroups(reader, directoryId, groupsWhere(filter))
  return {
    'user by id': (reader) => findDirectoryUser(reader, directoryId, userId, { withGroups: true }),
    'userName eq': users('userName eq "USER-25000@acme.test"'),
    'externalId eq': users('externalId eq "ext-25000"'),
    'emails.value eq': users('emails.value eq "user-25000@acme.test"'),
    'emails[type and value]': users('emails[type eq "work" and value eq "user-25000@acme.test"]'),
    'id eq': users(`id eq "${userId}"`),
    'one or the other': users('userName eq "user-1@acme.test" or userName eq "user-2@acme.test"'),
    'nobody of the name': users('userName eq "nobody"'),
    'group by id': (reader) => findDirectoryGroup(reader, directoryId, groupId, { withMembers: false }),
    'displayName eq': groups('displayName eq "Group 500"'),
    'is a member': groups(`id eq "${groupId}" and members eq "${userId}"`),
    'people, first page': (reader) => listUsers(reader, {}, page),
    'people by email': (reader) => listUsers(reader, { email: 'user-25000@acme.test' }, page),
    'people of a directory': (reader) => listUsers(reader, { directoryId }, page),
    'groups, first page': (reader) => listGroups(reader, {}, page),
    'groups by name': (reader) => listGroups(reader, { name: 'Group 500' }, page),
    'group of the organization': (reader) => findGroup(reader, groupId),
    'no user': (reader) => findUser(reader, newUuid()),
    events: (reader) => listEvents(reader, {}, { after: 0, limit: 100 }),
  }
}

/** Changes of one user or one membership. */
function changes({ directory, userId }: LargeDirectory): Record<string, (tx: Transaction) => Promise<unknown>> {
  const { directoryId } = directory
  const document = userDocument('user-25000@acme.test', { title: 'Engineer' })
  return {
    'create a user': (tx) =>
      createDirectoryUsers(tx, directoryId, [{ directoryUserId: newUuid(), document: userDocument(newUuid()) }]),
    'change a user': (tx) => updateDirectoryUsers(tx, directoryId, [{ directoryUserId: userId, document }]),
    'change an address': (tx) =>
      updateDirectoryUsers(tx, directoryId, [
        { directoryUserId: userId, document: { ...document, emails: [{ value: `${newUuid()}@acme.test` }] } },
      ]),
    settle: (tx) => settlePeople(tx, directoryId, [userId]),
    'delete a user': (tx) => deleteDirectoryUsers(tx, directoryId, [userId]),
  }
}

const changedMind = new Error('changed its mind')

/** What may read a whole directory's index as long as nothing is known of the tables; a matter of milliseconds. */
const needingStatistics = new Set([
  'emails.value eq',
  'emails[type and value]',
  'one or the other',
  'people of a directory',
])

interface Circumstances {
  large: LargeDirectory
  pool: Awaited<ReturnType<typeof openExplainedPool>>
  hasStatistics: boolean
}

async function assertFrugal(t: Test, { large, pool, hasStatistics }: Circumstances) {
  const { scope, groupId, userId, directory } = large
  const verdict = async (name: string, work: () => Promise<unknown>) => {
    const statements = await pool.during(work)
    const greedy = statements.filter((one) => one.mostRows > rowsMax)
    t.ok(statements.length > 0, `${name} was explained`)
    t.same(
      greedy.map((one) => `${one.where}: ${one.mostRows} rows in ${one.text.slice(0, 120)}`),
      [],
      name,
    )
  }
  for (const [name, work] of Object.entries(readings(large))) {
    if (!hasStatistics && needingStatistics.has(name)) continue
    await verdict(name, () => read(pool.database, scope, work))
  }
  for (const [name, work] of Object.entries(changes(large))) {
    const undone = async (tx: Transaction) => {
      await work(tx)
      throw changedMind
    }
    await verdict(name, () => t.rejects(transact(pool.database, scope, cause, undone), changedMind))
  }
  const group = { directoryId: directory.directoryId, directoryGroupId: groupId }
  for (const kind of ['remove', 'add'] as const) {
    await verdict(`${kind} one member of ${userCount}`, () =>
      transact(pool.database, scope, cause, (tx) => changeMembers(tx, group, [{ kind, ids: [userId] }])),
    )
  }
}

t.test(`in a directory of ${userCount} every request reads what it is about`, async (t) => {
  const installation = await openInstallation(t)
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  for (const { name } of await listOwnedTables(superuser)) {
    await superuser.query(`ALTER TABLE ${name} SET (autovacuum_enabled = off)`)
  }
  const large = await fillLargeDirectory(installation, superuser, userCount)
  // As in a new installation, which autovacuum has not visited yet, and as later on.
  for (const hasStatistics of [false, true]) {
    if (hasStatistics) await superuser.query('ANALYZE')
    for (const plans of ['auto', 'force_generic_plan']) {
      const pool = await openExplainedPool(t, installation, { plan_cache_mode: plans })
      await t.test(`statistics: ${hasStatistics}, plans: ${plans}`, (t) =>
        assertFrugal(t, { large, pool, hasStatistics }),
      )
    }
  }
})
