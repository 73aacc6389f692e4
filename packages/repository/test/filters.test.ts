import { type Filter, matchesFilter, printFilter } from '@muster/scim'
import fc from 'fast-check'
import t from 'tap'
import { listDirectoryGroups, listDirectoryUsers, read } from '../src/index.ts'
import { filterOver, resourceBody } from './support/filter-arbitraries.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { makeWorld, types, type World, type WorldPlan } from './support/list-world.ts'

const isLong = process.env.MUSTER_LONG === '1'
const worlds = isLong ? 10 : 2
const filtersEach = isLong ? 500 : 200
const seed = Number(process.env.MUSTER_SEED ?? Date.now() % 1_000_000)

const page = { limit: 1_000, from: { offset: 0 }, wantsTotal: true }

/** A directory of random resources, whose edges may form chains and rings. */
export const worldPlan: fc.Arbitrary<WorldPlan> = fc
  .record({
    users: fc.array(resourceBody(types.user), { minLength: 50, maxLength: 60 }),
    groups: fc.array(resourceBody(types.group), { minLength: 12, maxLength: 16 }),
    members: fc.array(fc.array(fc.nat({ max: 10_000 }), { maxLength: 12 }), { minLength: 12, maxLength: 16 }),
  })
  .map(({ users, groups, members }) => ({
    users: users.map((body, at) => ({ ...body, userName: `${body.userName ?? ''}-${at}` })),
    groups: groups.map((body, at) => ({
      ...body,
      displayName: String(body.displayName ?? '').trim() || `group ${at}`,
    })),
    members,
  }))

async function idsFound({ database }: Installation, { scope, place }: World, kind: 'users' | 'groups', filter: Filter) {
  const selection = { filter, sort: undefined }
  return read(database, scope, async (reader) => {
    if (kind === 'users') {
      const { total, rows } = await listDirectoryUsers(reader, place, selection, page, { withGroups: false })
      return { total, ids: rows.map((row) => row.directoryUserId) }
    }
    const { total, rows } = await listDirectoryGroups(reader, place, selection, page, { membersMax: 0 })
    return { total, ids: rows.map((row) => row.directoryGroupId) }
  })
}

t.test(`#52 #55 #57 #58 #59 #60 #61 SQL finds whom the matcher in memory finds (seed ${seed})`, async (t) => {
  const installation = await openInstallation(t)
  const scope = await installation.addOrganization()
  let found = 0
  for (const [at, plan] of fc.sample(worldPlan, { seed, numRuns: worlds }).entries()) {
    const world = await makeWorld(installation, scope, plan)
    for (const [kind, type] of [
      ['users', types.user],
      ['groups', types.group],
    ] as const) {
      const filters = filterOver(type, world[kind])
      await fc.assert(
        fc.asyncProperty(filters, async (filter) => {
          const expected = world[kind].filter((resource) => matchesFilter(filter, resource)).map(({ id }) => id)
          const { total, ids } = await idsFound(installation, world, kind, filter)
          found += ids.length
          t.strictSame([ids, total], [expected, expected.length], printFilter(filter))
          if (String(ids) !== String(expected)) throw new Error(printFilter(filter))
        }),
        { seed: seed + at, numRuns: kind === 'users' ? filtersEach : filtersEach / 2 },
      )
    }
  }
  t.ok(found > worlds * filtersEach, 'the filters found somebody')
})
