import { newUuid } from '@muster/runtime/type-ids'
import { parseFilter, parseSort, profiles, standardResourceTypes } from '@muster/scim'
import t, { type Test } from 'tap'
import {
  changeMembers,
  countGroups,
  countUsers,
  createDirectoryUsers,
  deleteDirectoryUsers,
  findDirectoryGroup,
  findGroup,
  findUser,
  type ListPage,
  type ListPosition,
  listDirectoryGroups,
  listDirectoryResources,
  listDirectoryUsers,
  listEvents,
  listGroupMembers,
  listGroups,
  listUsers,
  lookUpDirectoryUsers,
  type Reader,
  read,
  settlePeople,
  type Transaction,
  transact,
  type UserLookUp,
  type UserQuery,
  updateDirectoryUsers,
} from '../src/index.ts'
import { stopAutovacuum } from './support/catalogue.ts'
import { cause, userDocument } from './support/directory.ts'
import { greedy, openExplainedPool } from './support/explained-pool.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillLargeDirectory, type LargeDirectory, planLargeDirectory } from './support/large-directory.ts'

const userCount = 50_000
/** Rows that any step of a statement about one thing, or one page of a hundred, may touch. */
const rowsMax = 500

const page = { after: undefined, limit: 100 }
const types = standardResourceTypes
const { compatible } = profiles
const shown = { withGroups: true, membersMax: 100 }
const firstPage: ListPage = { limit: 100, from: { offset: 0 }, wantsTotal: true }
const behind = (after: ListPosition): ListPage => ({ limit: 100, from: { after }, wantsTotal: false })

/** A list as a client asks for it: a filter, a `sortBy` (descending with a minus), a page. */
interface Asked {
  filter?: string
  sortBy?: string
  page?: ListPage
}

function selectionOf(kind: 'user' | 'group', { filter, sortBy }: Asked) {
  const parameters = {
    sortBy: sortBy?.replace('-', ''),
    sortOrder: sortBy?.startsWith('-') ? 'descending' : 'ascending',
  }
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, types[kind], compatible),
    sort: parseSort(parameters, types[kind], compatible),
  }
}

/** What is read by key, name or page, on the way of a request. */
function readings({
  directory,
  groupId,
  userId,
}: LargeDirectory): Record<string, (reader: Reader) => Promise<unknown>> {
  const { directoryId } = directory
  const place = { directoryId, baseUrl: 'https://muster.test', types }
  const users = (asked: Asked) => (reader: Reader) =>
    listDirectoryUsers(reader, place, selectionOf('user', asked), asked.page ?? firstPage, shown)
  const groups = (asked: Asked) => (reader: Reader) =>
    listDirectoryGroups(reader, place, selectionOf('group', asked), asked.page ?? firstPage, shown)
  const all = (page: ListPage) => (reader: Reader) =>
    listDirectoryResources(
      reader,
      place,
      { user: selectionOf('user', {}), group: selectionOf('group', {}) },
      page,
      shown,
    )
  const lookUp = (by: UserLookUp['by'], value: string) => (reader: Reader) =>
    lookUpDirectoryUsers(reader, directoryId, by, [value, newUuid()], shown)
  const behindUser = behind({ key: null, id: userId })
  const behindInstant = behind({ key: '2026-01-01T06:56:40Z', id: userId })
  const recent = 'meta.lastModified gt "2026-01-01T13:52:00Z"'
  return {
    'looked up by id': lookUp('id', userId),
    'looked up by userName': lookUp('userName', 'user-25000@acme.test'),
    'looked up by externalId': lookUp('externalId', 'ext-25000'),
    'looked up by address': lookUp('emails.value', 'user-25000@acme.test'),
    'userName eq': users({ filter: 'userName eq "USER-25000@acme.test"' }),
    'externalId eq': users({ filter: 'externalId eq "ext-25000"' }),
    'emails.value eq': users({ filter: 'emails.value eq "user-25000@acme.test"' }),
    'emails[type and value]': users({ filter: 'emails[type eq "work" and value eq "user-25000@acme.test"]' }),
    'id eq': users({ filter: `id eq "${userId}"` }),
    'meta.location eq': users({ filter: `meta.location eq "https://muster.test/Users/${userId}"` }),
    'one or the other': users({ filter: 'userName eq "user-1@acme.test" or userName eq "user-2@acme.test"' }),
    'nobody of the name': users({ filter: 'userName eq "nobody"' }),
    'changed since': users({ filter: recent }),
    'changed since, by time': users({ filter: recent, sortBy: 'meta.lastModified' }),
    'changed since, latest first': users({ filter: recent, sortBy: '-meta.lastModified' }),
    'changed since, one name': users({ filter: `${recent} and userName eq "user-25000@acme.test"` }),
    'inactive ones': users({ filter: 'active eq false' }),
    'active ones': users({ filter: 'active eq true', page: { ...firstPage, wantsTotal: false } }),
    'users, first page and total': users({}),
    'users behind one': users({ page: behindUser }),
    'users by name': users({ sortBy: 'userName' }),
    'users by name, behind one': users({
      sortBy: 'userName',
      page: behind({ key: 'user-25000@acme.test', id: userId }),
    }),
    'users by display name, backwards': users({ sortBy: '-displayName' }),
    'users by display name, behind one': users({
      sortBy: 'displayName',
      page: behind({ key: 'name 2500', id: userId }),
    }),
    'users by externalId, behind one': users({ sortBy: 'externalId', page: behind({ key: 'ext-25000', id: userId }) }),
    'users by time': users({ sortBy: 'meta.lastModified' }),
    'users by time, behind one': users({ sortBy: 'meta.lastModified', page: behindInstant }),
    'users by time, backwards, behind one': users({ sortBy: '-meta.lastModified', page: behindInstant }),
    'users and groups': all(firstPage),
    'users and groups behind one': all(behindUser),
    'group by id': (reader) => findDirectoryGroup(reader, directoryId, groupId, { membersMax: 0 }),
    'group by id, with members': (reader) => findDirectoryGroup(reader, directoryId, groupId, { membersMax: 100 }),
    'more members': (reader) => listGroupMembers(reader, directoryId, groupId, { after: userId, limit: 100 }),
    'displayName eq': groups({ filter: 'displayName eq "Group 500"' }),
    'is a member': groups({ filter: `id eq "${groupId}" and members eq "${userId}"` }),
    'groups of a member': groups({ filter: `members[value eq "${userId}" and type eq "User"]` }),
    'directory groups by name': groups({ sortBy: 'displayName' }),
    'directory groups by time': groups({ sortBy: '-meta.lastModified' }),
    'people, first page': (reader) => listUsers(reader, {}, page),
    'people by email': (reader) => listUsers(reader, { email: 'user-25000@acme.test' }, page),
    ...Object.fromEntries(
      Object.entries(peopleAsked(directoryId, groupId)).map(([name, query]) => [
        name,
        (reader: Reader) => listUsers(reader, query, page),
      ]),
    ),
    'groups, by the beginning of the name': (reader) => listGroups(reader, { q: 'group 50' }, page),
    'groups of a directory': (reader) => listGroups(reader, { directoryId }, page),
    'groups of nobody': (reader) => listGroups(reader, { userId: newUuid() }, page),
    'groups of nobody, counted': (reader) => countGroups(reader, { userId: newUuid() }),
    'nobody, counted': (reader) => countUsers(reader, { q: 'nobody', groupId }),
    'groups, first page': (reader) => listGroups(reader, {}, page),
    'groups by name': (reader) => listGroups(reader, { name: 'Group 500' }, page),
    'group of the organization': (reader) => findGroup(reader, groupId),
    'no user': (reader) => findUser(reader, newUuid()),
    events: (reader) => listEvents(reader, {}, { after: 0, limit: 100 }),
  }
}

/** People as they are listed; each finds a page of the many or few ones. */
function peopleAsked(directoryId: string, groupId: string): Record<string, UserQuery> {
  return {
    'people of a directory': { directoryId },
    'people of a group': { groupId },
    'people of a role': { roleId: 'editor' },
    'people of a group, of no directory': { groupId, source: 'manual' },
    'reports of nobody': { managerId: newUuid() },
    'inactive people': { state: 'inactive' },
    'active people': { state: 'active' },
    'people by hand': { source: 'manual' },
    'people by a word': { q: 'user-2500' },
    'people by two words': { q: 'user-2500 name', state: 'active' },
    'people by their ids': { ids: Array.from({ length: 200 }, newUuid), state: 'active' },
    'people by a word that nobody has': { q: 'nobody', directoryId },
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
  'changed since',
  'changed since, by time',
  'changed since, latest first',
  'inactive ones',
  'groups of a member',
  'users by name',
  'users by name, behind one',
  'users by display name, backwards',
  'users by display name, behind one',
  'users by externalId, behind one',
  'users by time',
  'users by time, behind one',
  'users by time, backwards, behind one',
  'people of a group, of no directory',
  'nobody, counted',
])

interface Circumstances {
  large: LargeDirectory
  pool: Awaited<ReturnType<typeof openExplainedPool>>
  hasStatistics: boolean
}

/** Runs every statement once, whatever comes of it, so that the session has its plan. */
async function planEverything({ large, pool: { database } }: Pick<Circumstances, 'large' | 'pool'>) {
  const { scope, groupId, userId, directory } = large
  for (const work of Object.values(readings(large))) await read(database, scope, work)
  const group = { directoryId: directory.directoryId, directoryGroupId: groupId }
  const memberships = (['remove', 'add'] as const).map(
    (kind) => (tx: Transaction) => changeMembers(tx, group, [{ kind, ids: [userId] }]),
  )
  for (const work of [...Object.values(changes(large)), ...memberships]) {
    const undone = async (tx: Transaction) => {
      await work(tx)
      throw changedMind
    }
    await transact(database, scope, cause, undone).catch(() => undefined)
  }
}

async function assertFrugal(t: Test, { large, pool, hasStatistics }: Circumstances) {
  const { scope, groupId, userId, directory } = large
  const verdict = async (name: string, work: () => Promise<unknown>) => {
    const statements = await pool.during(work)
    const tooMuch = greedy(statements, rowsMax)
    t.ok(statements.length > 0, `${name} was explained`)
    t.same(tooMuch, [], `${name} ${tooMuch}`)
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
  await stopAutovacuum(superuser)
  const large = await planLargeDirectory(installation)
  const early = await openExplainedPool(t, installation, { plan_cache_mode: 'force_generic_plan' })
  await planEverything({ large, pool: early })
  await fillLargeDirectory(superuser, large, userCount)
  // As in an installation whose first import is under way: statements were planned when nobody was there.
  await t.test('planned while the tables were empty', (t) =>
    assertFrugal(t, { large, pool: early, hasStatistics: false }),
  )
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
