import { comparisonKey } from '@muster/runtime/comparison-key'
import fc from 'fast-check'
import t from 'tap'
import {
  compileFilters,
  type FilterSubject,
  filterReasons,
  fold,
  isSelected,
  noFilters,
  parseSyncFilters,
  passes,
  passesGroups,
  type SyncFilters,
} from '../src/index.ts'
import { holds, numRuns } from './support/holds.ts'
import { refuses } from './support/refuses.ts'

const jane: FilterSubject = {
  active: true,
  provided: { department: 'R&D', 'customAttributes.division': 'North' },
  document: { employeeType: 'Full-Time', tags: ['a', 'b'], department: 'Sales' },
  groups: [
    { id: 'group_1', name: 'Engineering' },
    { id: 'group_2', name: 'All Staff' },
  ],
}

const cases: [about: string, filters: Partial<SyncFilters>, user: Partial<FilterSubject>, reasons: unknown[]][] = [
  ['no filter', {}, { active: false, groups: [] }, []],
  ['active only', { includeActive: true }, { active: false }, [{ reason: 'notActive' }]],
  ['active only, and is', { includeActive: true }, {}, []],
  ['a group by its name, folded', { includeGroups: [' engineering '] }, {}, []],
  ['a group by its id', { includeGroups: ['Sales', 'group_1'] }, {}, []],
  ['in none of the groups', { includeGroups: ['Sales'] }, {}, [{ reason: 'notInIncludedGroup' }]],
  ['in no group at all', { includeGroups: ['Sales'] }, { groups: [] }, [{ reason: 'notInIncludedGroup' }]],
  [
    'excluded wins over included',
    { includeGroups: ['Engineering'], excludeGroups: ['ALL STAFF', 'group_1'] },
    {},
    [
      { reason: 'inExcludedGroup', group: { id: 'group_1', name: 'Engineering' } },
      { reason: 'inExcludedGroup', group: { id: 'group_2', name: 'All Staff' } },
    ],
  ],
  ['an attribute of the person, not of the document', { customFilters: { department: ['r&d '] } }, {}, []],
  ['a custom attribute', { customFilters: { 'customAttributes.division': ['South', 'north'] } }, {}, []],
  ['a path', { customFilters: { employeetype: ['Full-Time', 'Part-Time'] } }, {}, []],
  ['any value of a list', { customFilters: { tags: ['B'] } }, {}, []],
  [
    'all custom filters must hold; which do not is told, never with the value',
    { customFilters: { tags: ['c'], employeeType: ['Full-Time'], title: ['Engineer'] }, includeActive: true },
    { active: false },
    [{ reason: 'notActive' }, { reason: 'customFilter', key: 'tags' }, { reason: 'customFilter', key: 'title' }],
  ],
]
for (const [about, filters, user, reasons] of cases) {
  t.test(about, async (t) => {
    const compiled = compileFilters(parseSyncFilters(filters))
    const subject = { ...jane, ...user }
    t.same(
      filterReasons([compiled], subject),
      reasons.map((reason) => ({ ...Object(reason), filters: 0 })),
    )
    t.equal(passes(compiled, subject), reasons.length === 0)
  })
}

t.test('filters are checked; what is left out filters nobody', async (t) => {
  t.strictSame(parseSyncFilters(undefined), noFilters)
  t.strictSame(parseSyncFilters({ includeGroups: null, includeActive: true }), { ...noFilters, includeActive: true })
  t.strictSame(parseSyncFilters({ includeGroups: [' A ', 'A'] }).includeGroups, ['A'])
  refuses(t, () => parseSyncFilters('x'), 'syncFilters: an object is expected')
  refuses(t, () => parseSyncFilters({ includeGroup: [] }), 'syncFilters: includeGroup is not known here')
  refuses(t, () => parseSyncFilters({ includeActive: 'yes' }), 'syncFilters.includeActive: true or false is expected')
  refuses(t, () => parseSyncFilters({ excludeGroups: [''] }), /^syncFilters.excludeGroups\[0\]: a text of 1 to/)
  refuses(t, () => parseSyncFilters({ excludeGroups: ['a\0'] }), /^syncFilters.excludeGroups\[0\]: a text of 1 to/)
  refuses(t, () => parseSyncFilters({ includeGroups: Array(201).fill('a') }), /a list of at most 200/)
  refuses(t, () => parseSyncFilters({ customFilters: { title: [] } }), /customFilters.title: without a value nobody/)
  refuses(t, () => parseSyncFilters({ customFilters: { title: 'x' } }), /customFilters.title: a list of at most 200/)
  refuses(t, () => parseSyncFilters({ customFilters: { 'a b': ['x'] } }), /a name that is none: at position 2/)
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`a${at}`, ['x']]))
  refuses(t, () => parseSyncFilters({ customFilters: many }), 'syncFilters.customFilters: at most 20 are expected')
})

t.test('of random filters and users: who passes has no reason, and the other way round', async (t) => {
  const word = fc.constantFrom('a', ' A', 'b', 'c', 'group_a')
  const filters = fc.record({
    includeGroups: fc.array(word, { maxLength: 2 }),
    excludeGroups: fc.array(word, { maxLength: 1 }),
    includeActive: fc.boolean(),
    customFilters: fc.dictionary(fc.constantFrom('title', 'kind'), fc.array(word, { minLength: 1, maxLength: 2 }), {
      maxKeys: 2,
    }),
  })
  const subject = fc.record({
    active: fc.boolean(),
    provided: fc.oneof(fc.constant({}), fc.record({ title: word })),
    document: fc.record({ kind: fc.oneof(word, fc.array(word, { maxLength: 2 })) }),
    groups: fc.array(fc.record({ id: fc.constantFrom('group_a', 'group_b'), name: word }), { maxLength: 3 }),
  })
  let passed = 0
  holds(
    t,
    'for all',
    fc.property(fc.array(filters, { maxLength: 2 }), subject, (list, user) => {
      const compiled = list.map((one) => compileFilters(parseSyncFilters(one)))
      const isThrough = compiled.every((one) => passes(one, user))
      if (isThrough) passed++
      const byHand = list.every((one) => {
        const names = user.groups.flatMap(({ id, name }) => [id, comparisonKey(name)])
        const isNamed = (groups: string[]) =>
          groups.some((group) => names.includes(group) || names.includes(comparisonKey(group.trim())))
        const values = {
          title: [user.provided].flatMap((said) => ('title' in said ? [said.title] : [])),
          kind: [user.document.kind].flat(),
        }
        return (
          (user.active || !one.includeActive) &&
          (one.includeGroups.length === 0 || isNamed(one.includeGroups)) &&
          !isNamed(one.excludeGroups) &&
          Object.entries(one.customFilters).every(([key, wanted]) =>
            values[key as keyof typeof values].some((value) => wanted.map(fold).includes(fold(value))),
          )
        )
      })
      if (isThrough !== byHand) throw new Error(`passes says ${isThrough}`)
      if (isThrough !== (filterReasons(compiled, user).length === 0)) throw new Error('the reasons say otherwise')
      for (const one of compiled) {
        const parts = isSelected(one, user) && passesGroups(one, user.groups)
        if (parts !== passes(one, user)) throw new Error('the parts say otherwise')
      }
    }),
  )
  t.ok(passed > numRuns / 20 && passed < numRuns, `${passed} passed`)
})
