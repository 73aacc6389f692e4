import fc from 'fast-check'
import t from 'tap'
import { flattenGroups, type MergedPerson, mergePerson, type PersonSource, winners } from '../src/index.ts'
import { holds } from './support/holds.ts'
import { sameJson } from './support/same-json.ts'

const key = fc.constantFrom('email', 'title', 'department', 'customAttributes.division', 'managerReference', 'emailKey')
const said = fc.dictionary(key, fc.constantFrom('a', 'b', 'c'), { maxKeys: 4, noNullPrototype: true })
const id = fc.option(fc.constantFrom('x1', 'x2'))
const person: fc.Arbitrary<MergedPerson> = fc.record({
  attributes: said,
  state: fc.constantFrom('active' as const, 'inactive' as const),
  directoryId: fc.option(fc.constantFrom('d1', 'gone')),
  idpId: id,
  manual: said,
  pinned: said,
})
const sources: fc.Arbitrary<PersonSource[]> = fc.uniqueArray(
  fc.record({ directoryId: fc.constantFrom('d1', 'd2', 'd3'), active: fc.boolean(), provided: said, idpId: id }),
  { selector: ({ directoryId }) => directoryId, maxLength: 3 },
)
const held = { wasHeld: true }

t.test('who wins: pinned, then the directories by rank, then by hand, then what was there', async (t) => {
  const before: MergedPerson = {
    attributes: { email: 'old@x.test', title: 'old', location: 'old' },
    state: 'inactive',
    directoryId: null,
    idpId: null,
    manual: { title: 'by hand', department: 'by hand', email: 'hand@x.test' },
    pinned: { employeeId: '7' },
  }
  const first = { directoryId: 'd1', active: false, idpId: null, provided: { email: 'first@x.test', employeeId: '1' } }
  const second = {
    directoryId: 'd2',
    active: true,
    idpId: 'x2',
    provided: { email: 'second@x.test', title: 'second', managerReference: 'm' },
  }
  const merged = mergePerson(before, [first, second], held)
  t.same(merged, {
    ...before,
    attributes: {
      email: 'first@x.test',
      title: 'second',
      location: 'old',
      department: 'by hand',
      employeeId: '7',
      managerReference: 'm',
    },
    state: 'inactive',
    directoryId: 'd1',
    idpId: null,
  })
  t.same(winners(merged, [first, second]), {
    email: {
      value: 'first@x.test',
      source: 'd1',
      losing: [
        { value: 'second@x.test', source: 'd2' },
        { value: 'hand@x.test', source: 'manual' },
      ],
    },
    title: { value: 'second', source: 'd2', losing: [{ value: 'by hand', source: 'manual' }] },
    location: { value: 'old', source: 'kept', losing: [] },
    department: { value: 'by hand', source: 'manual', losing: [] },
    employeeId: { value: '7', source: 'pinned', losing: [{ value: '1', source: 'd1' }] },
  })
  const secondAlone = mergePerson(merged, [second], held)
  t.match(secondAlone, { state: 'active', directoryId: 'd2', idpId: 'x2', attributes: { email: 'second@x.test' } })
  const alone = mergePerson(secondAlone, [], held)
  t.match(alone, {
    state: 'inactive',
    directoryId: 'd2',
    idpId: 'x2',
    attributes: { email: 'hand@x.test', location: 'old' },
  })
  t.equal(mergePerson({ ...before, state: 'active' }, [], { wasHeld: false }).state, 'active', 'made by hand')
})

t.test('the laws of merging', async (t) => {
  const laws: Record<string, (person: MergedPerson, sources: PersonSource[]) => boolean> = {
    'merging again changes nothing': (one, from) => {
      const once = mergePerson(one, from, held)
      return sameJson(mergePerson(once, from, { wasHeld: from.length > 0 }), once)
    },
    'nothing that was shown is blanked, whatever sources come and go': (one, from) => {
      let now = one
      for (let left = from; ; left = left.slice(1)) {
        const next = mergePerson(now, left, held)
        if (Object.keys(now.attributes).some((name) => !next.attributes[name])) return false
        now = next
        if (left.length === 0) return true
      }
    },
    'a pinned value is the same under all sources': (one, from) => {
      const { attributes } = mergePerson(one, from, held)
      return Object.entries(one.pinned).every(([name, value]) => attributes[name] === value)
    },
    'without the top source, the next one shows': (one, from) => {
      const after = mergePerson(mergePerson(one, from, held), from.slice(1), held)
      const next = from[1]
      if (next === undefined) return after.state === 'inactive'
      return (
        after.directoryId === next.directoryId &&
        after.state === (next.active ? 'active' : 'inactive') &&
        Object.entries(next.provided).every(([name, value]) => after.attributes[name] === (one.pinned[name] ?? value))
      )
    },
    'what lower ranks say of an attribute that the top provides does not matter': (one, from) => {
      const [top, ...rest] = from
      if (top === undefined) return true
      const saying = { ...top, provided: { ...top.provided, title: 'top' } }
      const others = rest.map((source) => ({ ...source, provided: { ...source.provided, title: 'other' } }))
      return sameJson(mergePerson(one, [saying, ...others], held), mergePerson(one, [saying, ...rest], held))
    },
    'the winners are what the person shows, and every other voice is told': (one, from) => {
      const merged = mergePerson(one, from, held)
      const told = winners(merged, from)
      const shown = Object.entries(merged.attributes).filter(
        ([name]) => !['managerReference', 'emailKey'].includes(name),
      )
      const voices = (name: string) =>
        [one.pinned, ...from.map(({ provided }) => provided), one.manual].filter((says) => says[name] !== undefined)
      return (
        shown.length === Object.keys(told).length &&
        shown.every(([name, value]) => {
          const winner = told[name]
          return winner?.value === value && winner.losing.length === Math.max(voices(name).length - 1, 0)
        })
      )
    },
  }
  for (const [about, isLaw] of Object.entries(laws)) holds(t, about, fc.property(person, sources, isLaw))
})

t.test('nested groups are flattened, each with a shortest way', async (t) => {
  const edges = [
    { parentId: 'company', childId: 'engineering' },
    { parentId: 'engineering', childId: 'backend' },
    { parentId: 'company', childId: 'staff' },
    { parentId: 'backend', childId: 'company' },
  ]
  const memberships = [
    { userId: 'jane', groupId: 'staff' },
    { userId: 'jane', groupId: 'backend' },
    { userId: 'jane', groupId: 'backend' },
    { userId: 'max', groupId: 'lonely' },
  ]
  const flat = flattenGroups(memberships, edges)
  t.strictSame(Object.fromEntries(flat.get('jane') ?? []), {
    backend: ['backend'],
    staff: ['staff'],
    engineering: ['backend', 'engineering'],
    company: ['staff', 'company'],
  })
  t.strictSame([...(flat.get('max') ?? [])], [['lonely', ['lonely']]])
  t.equal(flat.get('nobody'), undefined)
})

t.test('of random groups, rings included: all that can be reached, by ways that are there', async (t) => {
  const group = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f')
  const edge = fc.record({ parentId: group, childId: group })
  const membership = fc.record({ userId: fc.constantFrom('u', 'v'), groupId: group })
  const property = fc.property(fc.array(membership), fc.array(edge, { maxLength: 10 }), (memberships, edges) => {
    const flat = flattenGroups(memberships, edges)
    return ['u', 'v'].every((userId) => {
      const own = memberships.filter((one) => one.userId === userId).map(({ groupId }) => groupId)
      const reached = new Set(own)
      for (let size = -1; size !== reached.size; ) {
        size = reached.size
        for (const { parentId, childId } of edges) if (reached.has(childId)) reached.add(parentId)
      }
      const ways = [...(flat.get(userId) ?? [])]
      const areReal = ways.every(
        ([groupId, way]) =>
          way.at(-1) === groupId &&
          own.includes(String(way[0])) &&
          new Set(way).size === way.length &&
          way
            .slice(1)
            .every((parentId, at) => edges.some((one) => one.parentId === parentId && one.childId === way[at])),
      )
      return areReal && sameJson([...reached].sort(), ways.map(([groupId]) => groupId).sort())
    })
  })
  holds(t, 'all ways are real, none is missing', property)
})
