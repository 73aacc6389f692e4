import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import { resourceBody } from './filter-arbitraries.ts'
import { types, type WorldPlan } from './list-world.ts'

/** A directory of random resources, whose edges may form chains and rings. */
const worldPlan: fc.Arbitrary<WorldPlan> = fc
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

export function worldPlans(count: number): WorldPlan[] {
  return fc.sample(worldPlan, { seed, numRuns: count })
}
