import { type JsonObject, parseFilter, parseSort, profiles, type ResourceType, type Sort } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  type ListPage,
  type ListPosition,
  listDirectoryGroups,
  listDirectoryResources,
  listDirectoryUsers,
  listGroupMembers,
  read,
} from '../src/index.ts'
import { addDirectory, userDocument } from './support/directory.ts'
import { attributePaths, leafOf } from './support/filter-arbitraries.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { makeWorld, types, type World } from './support/list-world.ts'
import { sortInMemory } from './support/sort-in-memory.ts'
import { worldPlans } from './support/world-plan.ts'

const sortsEach = times(20, 300)

interface Read {
  ids: string[]
  total: number | undefined
  next: ListPosition | undefined
}

/** One way to list: users, groups, or both. */
type Lister = (page: ListPage) => Promise<Read>

interface Sorted {
  lister: Lister
  resources: JsonObject[]
  sortFor: (resource: JsonObject) => Sort | undefined
}

function sortedBy(
  { database }: Installation,
  world: World,
  kind: 'users' | 'groups' | 'all',
  parameters: { sortBy: string; sortOrder: string },
): Sorted {
  const { scope, place, users, groups } = world
  const sortOf = (type: ResourceType, other: ResourceType) =>
    parseSort(parameters, type, profiles.strict, { alsoKnown: [other] })
  const user = { filter: undefined, sort: sortOf(types.user, types.group) }
  const group = { filter: undefined, sort: sortOf(types.group, types.user) }
  const shown = { withGroups: false, membersMax: 0 }
  const listers: Record<typeof kind, Lister> = {
    users: async (page) => {
      const { rows, ...rest } = await read(database, scope, (r) => listDirectoryUsers(r, place, user, page, shown))
      return { ...rest, ids: rows.map((row) => row.directoryUserId) }
    },
    groups: async (page) => {
      const { rows, ...rest } = await read(database, scope, (r) => listDirectoryGroups(r, place, group, page, shown))
      return { ...rest, ids: rows.map((row) => row.directoryGroupId) }
    },
    all: async (page) => {
      const both = { user, group }
      const { rows, ...rest } = await read(database, scope, (r) => listDirectoryResources(r, place, both, page, shown))
      return {
        ...rest,
        ids: rows.map(({ row }) => ('directoryUserId' in row ? row.directoryUserId : row.directoryGroupId)),
      }
    },
  }
  return {
    lister: listers[kind],
    resources: kind === 'all' ? [...users, ...groups] : world[kind],
    sortFor: ({ meta }) => ((meta as JsonObject).resourceType === 'User' ? user.sort : group.sort),
  }
}

async function walk(lister: Lister, limit: number): Promise<string[]> {
  const ids: string[] = []
  let after: ListPosition | undefined
  for (;;) {
    // A position travels in a cursor.
    const from = { after: after && (JSON.parse(JSON.stringify(after)) as ListPosition) }
    const page = await lister({ limit, from, wantsTotal: false })
    ids.push(...page.ids)
    after = page.next
    if (after === undefined) return ids
  }
}

async function assertOrder(
  t: Test,
  { lister, resources, sortFor }: Sorted,
  limit: number,
  offset: number,
  about: string,
) {
  const expected = sortInMemory(resources, sortFor).map(({ id }) => String(id))
  const all = await lister({ limit: 1_000, from: { offset: 0 }, wantsTotal: true })
  t.strictSame(all, { ids: expected, total: expected.length, next: undefined }, about)
  t.strictSame(await walk(lister, limit), expected, `${about}, by pages of ${limit}`)
  const cut = await lister({ limit, from: { offset }, wantsTotal: false })
  t.strictSame(cut.ids, expected.slice(offset, offset + limit), `${about}, from ${offset}`)
  t.equal(cut.next?.id, offset + limit < expected.length ? cut.ids.at(-1) : undefined)
}

t.test('#66 #67 #68 #69 #73 sorted as in memory, by index and by position', async (t) => {
  t.comment(`seed ${seed}`)
  const installation = await openInstallation(t)
  const scope = await installation.addOrganization()
  const [plan] = worldPlans(1)
  if (plan === undefined) throw new Error('There is no plan')
  const world = await makeWorld(installation, scope, plan)
  for (const kind of ['users', 'groups', 'all'] as const) {
    const paths = attributePaths(kind === 'groups' ? types.group : types.user).filter(
      (path) => leafOf(path).type !== 'complex' && leafOf(path).name !== 'password',
    )
    const indexed = ['userName', 'displayName', 'externalId', 'meta.lastModified', 'id', 'active', 'emails']
    const names = paths.map(({ extension, attribute, subAttribute }) =>
      [extension === undefined ? attribute.name : `${extension}:${attribute.name}`, subAttribute?.name]
        .filter(Boolean)
        .join('.'),
    )
    const sortBy = fc.oneof(
      fc.constantFrom(...names),
      fc.constantFrom(
        ...indexed.filter((name) => kind !== 'groups' || !['userName', 'active', 'emails'].includes(name)),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        sortBy,
        fc.constantFrom('ascending', 'Descending'),
        fc.integer({ min: 1, max: 30 }),
        fc.nat({ max: 80 }),
        async (sortBy, sortOrder, limit, offset) => {
          const about = `${kind} by ${sortBy} ${sortOrder}`
          await assertOrder(t, sortedBy(installation, world, kind, { sortBy, sortOrder }), limit, offset, about)
          if (!t.passing()) throw new Error(about)
        },
      ),
      { seed, numRuns: sortsEach },
    )
  }
})

t.test('#69 whoever comes or goes during a walk shifts nobody else', async (t) => {
  const installation = await openInstallation(t)
  const { database } = installation
  const scope = await installation.addOrganization()
  const directory = await addDirectory(database, scope)
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) =>
      userDocument(`${prefix}${(n * 7919) % 1000}@acme.test`, n % 3 === 0 ? {} : { displayName: `Name ${n % 5}` }),
    )
  const staying = await directory.createUsers(named('stays-', 60))
  const leaving = await directory.createUsers(named('leaves-', 40))
  const place = { directoryId: directory.directoryId, baseUrl: 'https://muster.test', types }
  for (const sortBy of [undefined, 'userName', 'displayName', 'meta.created', 'nickName']) {
    for (const sortOrder of ['ascending', 'descending']) {
      const sort = parseSort({ sortBy, sortOrder }, types.user, profiles.strict)
      const seen: string[] = []
      let after: ListPosition | undefined
      let pages = 0
      do {
        const page: ListPage = { limit: 9, from: { after }, wantsTotal: false }
        const { rows, next } = await read(database, scope, (reader) =>
          listDirectoryUsers(reader, place, { filter: undefined, sort }, page, { withGroups: false }),
        )
        seen.push(...rows.map((row) => row.directoryUserId))
        const [gone] = leaving.splice(0, 1)
        // Also the very user whom the position names.
        const last = rows.map((row) => row.directoryUserId).findLast((id) => !staying.includes(id))
        await directory.deleteUsers([gone, last].filter((id) => id !== undefined))
        leaving.push(...(await directory.createUsers(named(`${sortBy}-${sortOrder}-${pages++}-`, 2))))
        after = next
      } while (after !== undefined)
      t.equal(new Set(seen).size, seen.length, 'nobody twice')
      const stayed = seen.filter((id) => staying.includes(id))
      t.same([...stayed].sort(), [...staying].sort(), `${sortBy} ${sortOrder}: everybody who stayed once`)
      const { rows } = await read(database, scope, (reader) =>
        listDirectoryUsers(
          reader,
          place,
          { filter: undefined, sort },
          { limit: 1_000, from: { offset: 0 }, wantsTotal: false },
          { withGroups: false },
        ),
      )
      const order = rows.map((row) => row.directoryUserId).filter((id) => staying.includes(id))
      t.strictSame(stayed, order, 'in the order of a single page')
    }
  }
})

t.test('#67 a total alone, an empty page past the end, a filter that nobody meets', async (t) => {
  const installation = await openInstallation(t)
  const { database } = installation
  const scope = await installation.addOrganization()
  const directory = await addDirectory(database, scope)
  await directory.createUsers(['a', 'b', 'c'].map((name) => userDocument(name)))
  const group = await directory.createGroup('G')
  const place = { directoryId: directory.directoryId, baseUrl: 'https://muster.test', types }
  const list = (filter: string | undefined, page: ListPage) =>
    read(database, scope, (reader) => {
      const of = (type: ResourceType, other: ResourceType) => ({
        filter: filter === undefined ? undefined : parseFilter(filter, type, profiles.strict, { alsoKnown: [other] }),
        sort: undefined,
      })
      const both = { user: of(types.user, types.group), group: of(types.group, types.user) }
      return listDirectoryResources(reader, place, both, page, { withGroups: false, membersMax: 10 })
    })
  const from = { offset: 0 }
  for (const [filter, total] of [
    [undefined, 4],
    ['userName eq "a" or displayName eq "g"', 2],
    ['userName ne "a"', 3],
    ['members pr', 0],
    ['not (members pr)', 4],
    ['userName pr', 3],
    ['meta.resourceType eq "User"', 3],
    ['meta.resourceType eq "user"', 0],
    ['meta[resourceType eq "Group" and version eq "W/\\"1\\""]', 1],
    [`meta.location eq "https://muster.test/Groups/${group}"`, 1],
    ['userName eq "nobody"', 0],
    ['emails[value eq "c"] or members[value eq "c"]', 1],
  ] as const) {
    const { total: counted, rows, next } = await list(filter, { limit: 0, from, wantsTotal: true })
    t.same([counted, rows, next], [total, [], undefined], filter ?? 'all')
    t.equal((await list(filter, { limit: 10, from, wantsTotal: false })).rows.length, total)
  }
  t.same(await list(undefined, { limit: 5, from: { offset: 4 }, wantsTotal: true }), {
    total: 4,
    rows: [],
    next: undefined,
  })
})

t.test('#35 direct groups and, through nesting, indirect ones; members page by page', async (t) => {
  const installation = await openInstallation(t)
  const { database } = installation
  const scope = await installation.addOrganization()
  const directory = await addDirectory(database, scope)
  const users: string[] = []
  for (let n = 0; n < 25; n++) users.push(await directory.createUser(userDocument(`user-${n}`)))
  const [jane = ''] = users
  const place = { directoryId: directory.directoryId, baseUrl: 'https://muster.test', types }
  const groupsShown = async () => {
    const filter = parseFilter(`id eq "${jane}"`, types.user, profiles.strict)
    const { rows } = await read(database, scope, (reader) =>
      listDirectoryUsers(
        reader,
        place,
        { filter, sort: undefined },
        { limit: 1, from: { offset: 0 }, wantsTotal: false },
        { withGroups: true },
      ),
    )
    const groups: { display: string; type: string }[] = JSON.parse(rows[0]?.groupsText ?? '[]')
    return groups.map(({ display, type }) => `${display} ${type}`)
  }
  t.same(await groupsShown(), [])
  const inner = await directory.createGroup('inner', users)
  t.same(await groupsShown(), ['inner direct'])
  const middle = await directory.createGroup('middle', [inner])
  const outer = await directory.createGroup('outer', [middle, jane])
  await directory.createGroup('apart', users.slice(1))
  await directory.changeMembers(inner, [{ kind: 'add', ids: [outer] }])
  t.same(await groupsShown(), ['inner direct', 'middle indirect', 'outer direct'])
  await directory.changeMembers(outer, [{ kind: 'remove', ids: [jane] }])
  t.same(await groupsShown(), ['inner direct', 'middle indirect', 'outer indirect'])

  const all = (await directory.findGroup(inner))?.members ?? []
  t.same(
    all.map(({ value, type }) => `${type} ${value}`),
    [...users.map((id) => `User ${id}`), `Group ${outer}`].sort((a, b) => (a.slice(-36) < b.slice(-36) ? -1 : 1)),
  )
  const paged: unknown[] = []
  let after: string | undefined
  do {
    const position = after
    const { members, next } = await read(database, scope, (reader) =>
      listGroupMembers(reader, directory.directoryId, inner, { after: position, limit: 7 }),
    )
    t.ok(members.length <= 7)
    paged.push(...members)
    after = next
  } while (after !== undefined)
  t.same(paged, all)
  const { rows } = await read(database, scope, (reader) =>
    listDirectoryGroups(
      reader,
      place,
      { filter: parseFilter('displayName eq "INNER"', types.group, profiles.strict), sort: undefined },
      { limit: 5, from: { offset: 0 }, wantsTotal: false },
      { membersMax: 7 },
    ),
  )
  t.same(
    rows.map(({ members, nextMember }) => [members, nextMember]),
    [[all.slice(0, 7), all[6]?.value]],
  )
})
