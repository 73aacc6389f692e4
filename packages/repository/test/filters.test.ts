import { type Filter, matchesFilter, parseFilter, printFilter, profiles } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { listDirectoryGroups, listDirectoryUsers, read } from '../src/index.ts'
import { filterOver } from './support/filter-arbitraries.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { makeWorld, types, type World } from './support/list-world.ts'
import { worldPlans } from './support/world-plan.ts'

const worlds = times(2, 10)
const filtersEach = times(100, 500)

const page = { limit: 1_000, from: { offset: 0 }, wantsTotal: true }

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

t.test('#52 #55 #57 #58 #59 #60 #61 #62 SQL finds whom the matcher in memory finds', async (t) => {
  t.comment(`seed ${seed}`)
  const installation = await openInstallation(t)
  const scope = await installation.addOrganization()
  let found = 0
  for (const [at, plan] of worldPlans(worlds).entries()) {
    const world = await makeWorld(installation, scope, plan)
    for (const [kind, type] of [
      ['users', types.user],
      ['groups', types.group],
    ] as const) {
      await fc.assert(
        fc.asyncProperty(filterOver(type, world[kind]), async (filter) => {
          const text = printFilter(filter)
          t.same(parseFilter(text, type, profiles.strict), filter, `printed and parsed: ${text}`)
          const expected = world[kind].filter((resource) => matchesFilter(filter, resource)).map(({ id }) => id)
          const { total, ids } = await idsFound(installation, world, kind, filter)
          found += ids.length
          if (!t.strictSame([ids, total], [expected, expected.length], text)) throw new Error(text)
        }),
        { seed: seed + at, numRuns: kind === 'users' ? filtersEach : filtersEach / 2 },
      )
    }
  }
  t.ok(found > worlds * filtersEach, 'the filters found somebody')
})
