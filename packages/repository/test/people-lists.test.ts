import { newUuid } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  countGroups,
  countGroupUsers,
  countUsers,
  type Database,
  type GroupQuery,
  listGroups,
  listUsers,
  type OrganizationScope,
  type Reader,
  read,
  type UserQuery,
} from '../src/index.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillPeople, groupsWanted, type PeopleWorld, peopleWanted, type WorldPerson } from './support/people-world.ts'
import { recordStatements } from './support/statements.ts'

/** Texts whose beginnings are easily cut wrong: case, normalization, the edges of code points, signs of patterns. */
const texts = fc
  .array(
    fc.constantFrom(
      'a',
      'A',
      'b',
      'Σ',
      'ß',
      'é',
      'e\u0301',
      'ﬁ',
      '%',
      '_',
      '\\',
      '.',
      '\ud7ff',
      '\u{10ffff}',
      '\u{1f600}',
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((characters) => characters.join(''))
const names = fc.array(texts, { minLength: 1, maxLength: 2 }).map((words) => words.join(' '))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })

const idOf = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
/** The same in every organization: what one has is not found by another. */
const idsFrom = (first: number, length: number) => Array.from({ length }, (_, at) => idOf(first + at))
const [directories, groupIds, ids] = [idsFrom(0x1000, 3), idsFrom(0x2000, 8), idsFrom(0x3000, 60)]
const roleIds = ['admin', 'a', 'Editor of ß']
const someOf = <T>(values: readonly T[]) => fc.subarray([...values])
const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values)

const roles = fc.uniqueArray(
  fc.record({ id: oneOf(roleIds), source: oneOf(['manual', ...groupIds.map((id) => `group:${id}`)]) }),
  { maxLength: 4, selector: ({ id, source }) => `${id} ${source}` },
)
const person: fc.Arbitrary<Omit<WorldPerson, 'id'>> = fc.record({
  ...{ email: maybe(texts), firstName: maybe(names), lastName: maybe(names), username: maybe(texts) },
  ...{ state: oneOf(['active', 'active', 'inactive'] as const), directories: someOf(directories.slice(0, 2)) },
  ...{ groups: someOf(groupIds), roles, managerId: maybe(oneOf(ids.slice(0, 3))) },
})
const world: fc.Arbitrary<PeopleWorld> = fc.record({
  people: fc
    .array(person, { minLength: 30, maxLength: ids.length })
    .map((people) => people.map((one, at) => ({ ...one, id: ids[at] ?? '' }))),
  groups: fc
    .array(fc.record({ name: names, directoryId: oneOf(directories) }), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.map((one, at) => ({ ...one, id: groupIds[at] ?? '' }))),
})
/** One of several things to ask, or two or three of them at once. */
function queryOf<T extends object>(asked: { [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>> }): fc.Arbitrary<T> {
  const keys = Object.keys(asked) as (keyof T)[]
  return fc
    .tuple(fc.record(asked), fc.subarray(keys, { maxLength: 3 }))
    .map(([all, chosen]) => Object.fromEntries(chosen.map((key) => [key, all[key]])) as T)
}

const beginning = texts.map((text) => Array.from(text).slice(0, 2).join(''))
const userQuery = queryOf<UserQuery>({
  ...{ email: texts, q: fc.array(beginning, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')) },
  ...{ state: oneOf(['active', 'inactive'] as const), directoryId: oneOf(directories), groupId: oneOf(groupIds) },
  ...{ roleId: oneOf([...roleIds, 'nobody has it']), managerId: oneOf(ids.slice(0, 4)) },
  ...{ source: oneOf(['directory', 'manual'] as const), ids: someOf(ids) },
})
const groupQuery = queryOf<GroupQuery>({
  ...{ name: names, q: beginning, directoryId: oneOf(directories), userId: oneOf(ids.slice(0, 20)) },
})

interface Place {
  database: Database
  scope: OrganizationScope
}

type Load = (reader: Reader, page: { after: string | undefined; limit: number }) => Promise<string[]>

const usersOf =
  (query: UserQuery): Load =>
  async (reader, page) =>
    (await listUsers(reader, query, page)).map(({ userId }) => userId)

const groupsOf =
  (query: GroupQuery): Load =>
  async (reader, page) =>
    (await listGroups(reader, query, page)).map(({ groupId }) => groupId)

/** Pages put together, each behind the last id of the one before. */
async function loadAll({ database, scope }: Place, load: Load, limit: number, pagesMax = Infinity): Promise<string[]> {
  const all: string[] = []
  for (let page = 0; page < pagesMax; page++) {
    const rows = await read(database, scope, (reader) => load(reader, { after: all.at(-1), limit }))
    all.push(...rows)
    if (rows.length < limit) break
  }
  return all
}

t.test(`random people, groups and roles: a list is what a look at everybody finds (seed ${seed})`, async (t) => {
  const { database, testDatabase, addOrganization } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const worlds = fc.sample(world, { seed, numRuns: times(4, 20) })
  let found = 0
  for (const [at, plan] of worlds.entries()) {
    const place = { database, scope: await addOrganization(`World ${at}`) }
    await fillPeople(superuser, place.scope.organizationId, plan)
    for (const query of fc.sample(userQuery, { seed: seed + at, numRuns: times(60, 400) })) {
      const wanted = peopleWanted(plan, query)
      if (wanted.length > 0) found++
      const said = JSON.stringify(query)
      t.same(await loadAll(place, usersOf(query), 7), wanted, said)
      t.equal(await read(database, place.scope, (reader) => countUsers(reader, query)), wanted.length, `count ${said}`)
    }
    for (const query of fc.sample(groupQuery, { seed: seed + at, numRuns: times(30, 200) })) {
      const wanted = groupsWanted(plan, query)
      const said = JSON.stringify(query)
      t.same(await loadAll(place, groupsOf(query), 3), wanted, said)
      t.equal(await read(database, place.scope, (reader) => countGroups(reader, query)), wanted.length, `count ${said}`)
    }
  }
  t.ok(found > 100, `${found} queries found somebody`)
})

const manyCount = 50_000
const [early = '', late = ''] = directories
const [half = '', few = '', oddly = ''] = groupIds

/** Many people, whose ids grow: half of them in a group, some far behind in a directory of their own. */
function manyPeople(): PeopleWorld {
  const people = Array.from({ length: manyCount }, (_, n): WorldPerson => {
    const isLate = n >= manyCount - 22_000
    const groups = [...(n % 2 === 0 ? [half] : [oddly]), ...(n % 1_000 === 0 ? [few] : [])]
    return {
      ...{
        id: idOf(0x10_0000 + n),
        state: n % 500 === 0 ? 'inactive' : 'active',
      },
      ...{ email: `anna.${n}@acme.test`, firstName: 'Anna', lastName: `${isLate ? 'Late' : 'Early'} ${n}` },
      ...{ username: n % 100 === 0 ? `rare-${n}` : undefined, directories: [isLate ? late : early], groups },
      roles:
        n % 2 === 0 || n > 45_000
          ? [
              { id: 'editor', source: 'manual' },
              { id: 'editor', source: 'z' },
            ]
          : [],
    }
  })
  const groups = [half, few, oddly].map((id) => ({ id, name: `Group ${id}`, directoryId: early }))
  return { people, groups }
}

/** Whether people are gathered at once or walked along to, and found at last when they are far away. */
const manyQueries: Record<string, UserQuery> = {
  everybody: {},
  'a word that all begin with': { q: 'a' },
  'a word that begins far behind': { q: 'late' },
  'two words of which one is rare': { q: 'anna rare-4' },
  'two words that all have': { q: 'an anna' },
  'a group of half': { groupId: half },
  'a group of half, with a word that begins far behind': { groupId: half, q: 'la' },
  'two conditions of which one is rare': { groupId: half, state: 'inactive' },
  'two that are seldom met together': { groupId: oddly, roleId: 'editor' },
  'a directory far behind, and a word': { directoryId: late, q: 'anna' },
  'nobody: a word of the others': { directoryId: early, q: 'late' },
  'a role from two sources': { roleId: 'editor' },
  'a small group': { groupId: few },
  'inactive ones': { state: 'inactive' },
  'by hand': { source: 'manual' },
  'named ones, a stranger among them': { ids: [...idsFrom(1, 199), newUuid()] },
  'of a directory, and active': { source: 'directory', state: 'active' },
}

t.test(`of ${manyCount} people, whatever way is taken to them`, async (t) => {
  const { database, testDatabase, addOrganization } = await openInstallation(t)
  const place = { database, scope: await addOrganization('Many') }
  const plan = manyPeople()
  await fillPeople(await connect(t, testDatabase.superuserUrl), place.scope.organizationId, plan)
  for (const [name, query] of Object.entries(manyQueries)) {
    const wanted = peopleWanted(plan, query)
    t.same(await loadAll(place, usersOf(query), 1_000, 3), wanted.slice(0, 3_000), name)
    const late: Load = (reader, page) => usersOf(query)(reader, { ...page, after: page.after ?? wanted.at(-50) })
    t.same(await loadAll(place, late, 20), wanted.length < 50 ? wanted : wanted.slice(-49), `${name}, the end`)
    t.equal(await read(database, place.scope, (reader) => countUsers(reader, query)), wanted.length, `${name}, counted`)
  }
  await t.test('a group tells how many are in it as long as they are not too many', async (t) => {
    const counted = (groupId: string) => read(database, place.scope, (reader) => countGroupUsers(reader, groupId))
    t.same(await Promise.all([counted(few), counted(half), counted(newUuid())]), [50, null, 0])
  })
  await t.test('what needs no choice is one statement', (t) => assertSingle(t, place))
})

async function assertSingle(t: Test, { database, scope }: Place) {
  for (const query of [{}, { groupId: half }, { email: 'anna.7@acme.test', q: 'anna' }, { state: 'active' as const }]) {
    const statements = await recordStatements(() =>
      read(database, scope, (reader) => listUsers(reader, query, { after: undefined, limit: 100 })),
    )
    const selects = statements.filter(({ text }) => text.includes('SELECT'))
    t.equal(selects.length, 1, JSON.stringify(query))
  }
}

t.test('a search has five words at most, however often each is said', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const list = (q: string) =>
    read(database, scope, (reader) => listUsers(reader, { q }, { after: undefined, limit: 1 }))
  t.same(await list(' a b c d e A B  '), [])
  await t.rejects(list('a b c d e f'), { code: 'invalidValue' })
})
