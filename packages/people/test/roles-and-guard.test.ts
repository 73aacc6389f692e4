import fc from 'fast-check'
import t from 'tap'
import {
  defaultGuardLimits,
  type GuardLimits,
  isRoleId,
  judge,
  parseGuard,
  parseRoleRule,
  type RoleRule,
  rolesOf,
  trips,
} from '../src/index.ts'
import { holds } from './support/holds.ts'
import { refuses } from './support/refuses.ts'

const groups = [
  { id: 'group_1', name: 'Engineering', directoryId: 'directory_a' },
  { id: 'group_2', name: 'ｅngineering', directoryId: 'directory_b' },
  { id: 'group_3', name: 'Support', directoryId: 'directory_b' },
]

t.test('roles come from groups and by hand, each with every source it has', async (t) => {
  const rules: RoleRule[] = [
    { groupName: 'ENGINEERING', roleIds: ['developer', 'api'] },
    { groupName: 'Engineering', directoryId: 'directory_b', roleIds: ['deploy'] },
    { groupId: 'group_3', roleIds: ['developer', 'developer'] },
    { groupId: 'group_9', roleIds: ['admin'] },
  ]
  t.strictSame(rolesOf(groups, rules, ['viewer', 'developer', 'viewer']), [
    { id: 'api', source: 'group:group_1' },
    { id: 'api', source: 'group:group_2' },
    { id: 'deploy', source: 'group:group_2' },
    { id: 'developer', source: 'group:group_1' },
    { id: 'developer', source: 'group:group_2' },
    { id: 'developer', source: 'group:group_3' },
    { id: 'developer', source: 'manual' },
    { id: 'viewer', source: 'manual' },
  ])
  t.strictSame(rolesOf([], rules, []), [])
})

t.test('the order of groups and rules is nobody’s; leaving a group takes exactly its roles', async (t) => {
  const rule = fc.record({
    groupName: fc.constantFrom('Engineering', 'support'),
    roleIds: fc.subarray(['a', 'b', 'c']),
  })
  const property = fc.property(
    fc.array(rule),
    fc.shuffledSubarray(groups),
    fc.subarray(['a', 'z']),
    (rules, own, manual) => {
      const all = rolesOf(own, rules, manual)
      const [left, ...rest] = own
      const expected = all.filter(({ source }) => source !== `group:${left?.id}`)
      const reversed = rolesOf(own.toReversed(), rules.toReversed(), manual.toReversed())
      return JSON.stringify([rolesOf(rest, rules, manual), reversed]) === JSON.stringify([expected, all])
    },
  )
  holds(t, 'for all', property)
})

t.test('rules are checked', async (t) => {
  const rule = { groupId: 'group_1', directoryId: 'directory_a', roleIds: ['developer'] }
  t.strictSame(parseRoleRule({ ...rule, groupName: null }), rule)
  t.strictSame(parseRoleRule({ groupName: ' Sales ', roleIds: ['a', 'a'] }), { groupName: 'Sales', roleIds: ['a'] })
  refuses(t, () => parseRoleRule({ roleIds: ['a'] }), 'roleMapping: either groupId or groupName is expected')
  refuses(t, () => parseRoleRule({ ...rule, groupName: 'x' }), 'roleMapping: either groupId or groupName is expected')
  refuses(t, () => parseRoleRule({ groupName: 5, roleIds: ['a'] }), /^roleMapping.groupName\[0\]: a text/)
  refuses(t, () => parseRoleRule({ ...rule, roleIds: [] }), /^roleMapping.roleIds: a role is/)
  refuses(t, () => parseRoleRule({ ...rule, roleIds: ['a b'] }), /^roleMapping.roleIds: a role is/)
  refuses(t, () => parseRoleRule({ ...rule, roleIds: Array(51).fill('a') }), /at most 50/)
  refuses(t, () => parseRoleRule({ ...rule, roles: [] }), 'roleMapping: roles is not known here')
  t.strictSame(['a', 'urn:x:Role_1.b-c', 'a'.repeat(100), '', 'a b', 'é', 'a'.repeat(101)].map(isRoleId), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

const judged: [removals: number, population: number, isHeld: boolean, why: string][] = [
  [0, 0, false, 'nothing removed'],
  [500, 100_000, false, '500 are allowed'],
  [501, 100_000, true, 'one more is not'],
  [20, 100, false, '20 % are allowed'],
  [21, 100, true, 'more is not'],
  [9, 9, false, 'all of a few: too little to judge'],
  [10, 49, true, '10 removals are enough to judge'],
  [10, 50, false, '20 % of 50'],
  [9, 99, false, 'fewer than 10 removals of fewer than 100'],
  [10, 0, true, 'a population that is not known any more'],
]
for (const [removals, population, isHeld, why] of judged) {
  t.test(`${removals} of ${population}: ${why}`, async (t) => {
    t.equal(trips(defaultGuardLimits, { removals, population }), isHeld)
    t.notOk(trips('off', { removals, population }))
  })
}

t.test('a whole run is judged by kinds', async (t) => {
  const guard = parseGuard({ groups: 'off', memberships: { percentMax: 50 } })
  t.strictSame(guard, {
    users: defaultGuardLimits,
    groups: 'off',
    memberships: { ...defaultGuardLimits, percentMax: 50 },
  })
  const third = { removals: 30, population: 100 }
  t.strictSame(judge(guard, { users: third, groups: third, memberships: third }), ['users'])
  t.strictSame(judge(parseGuard(null), { users: third, groups: third, memberships: third }), [
    'users',
    'groups',
    'memberships',
  ])
})

t.test('a guard is checked', async (t) => {
  refuses(t, () => parseGuard('off'), 'guard: an object is expected')
  refuses(t, () => parseGuard({ people: 'off' }), 'guard: people is not known here')
  refuses(t, () => parseGuard({ users: 'on' }), 'guard.users: an object is expected')
  refuses(t, () => parseGuard({ users: { max: 1 } }), 'guard.users: max is not known here')
  for (const percentMax of [-1, 101, 1.5, '20', Number.NaN]) {
    refuses(
      t,
      () => parseGuard({ users: { percentMax } }),
      'guard.users.percentMax: a whole number from 0 to 100 is expected',
    )
  }
})

t.test('the laws of the guard: more removals or tighter limits never let through what was held', async (t) => {
  const count = fc.nat({ max: 1_000 })
  const limits: fc.Arbitrary<GuardLimits> = fc.record({
    removalsMax: count,
    percentMax: fc.nat({ max: 100 }),
    populationMin: count,
    removalsMin: count,
  })
  const property = fc.property(limits, count, count, fc.nat({ max: 50 }), (one, removals, population, more) => {
    const isHeld = trips(one, { removals, population })
    const tighter = Object.keys(one).map((name) => ({
      ...one,
      [name]: Math.max(one[name as keyof GuardLimits] - more, 0),
    }))
    return (
      !trips(one, { removals: 0, population }) &&
      (!isHeld ||
        (trips(one, { removals: removals + more, population }) &&
          tighter.every((limit) => trips(limit, { removals, population })))) &&
      (isHeld || removals <= one.removalsMax)
    )
  })
  holds(t, 'for all', property)
})
