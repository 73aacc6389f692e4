import { type MemberStep, parseGroup, patchGroupAttributes, planGroupPatch, standardDialects } from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const { compatible, strict } = standardDialects

const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations })
const { document } = parseGroup({ externalId: 'e1', displayName: 'G' }, compatible)

/** Operations, the member steps they stand for, and what they change in the group's document. */
const shapes: Record<string, { operations: unknown[]; members?: MemberStep[]; becomes?: object }> = {
  'Entra ID: add and remove by value with a null reference': {
    operations: [
      { op: 'Add', path: 'members', value: [{ $ref: null, value: 'a' }] },
      { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'b' }] },
    ],
    members: [
      { kind: 'add', ids: ['a'] },
      { kind: 'remove', ids: ['b'] },
    ],
  },
  'Entra ID: displayName and externalId': {
    operations: [
      { op: 'Replace', path: 'displayName', value: 'N' },
      { op: 'Replace', path: `${group}:externalId`, value: 'e2' },
    ],
    becomes: { displayName: 'N', externalId: 'e2' },
  },
  'Okta: rename without a path, with the id': {
    operations: [{ op: 'replace', value: { id: 'g', displayName: 'N' } }],
    becomes: { displayName: 'N' },
  },
  'Okta: one out, one in': {
    operations: [
      { op: 'remove', path: 'members[value eq "a"]' },
      { op: 'add', path: 'members', value: [{ value: 'b', display: 'u@x' }] },
    ],
    members: [
      { kind: 'remove', ids: ['a'] },
      { kind: 'add', ids: ['b'] },
    ],
  },
  'Okta: push of an empty group': {
    operations: [{ op: 'replace', path: 'members', value: [] }],
    members: [{ kind: 'replace', ids: [] }],
  },
  'Okta: members without a path': {
    operations: [{ op: 'replace', value: { members: [], id: 'g', displayName: 'G' } }],
    members: [{ kind: 'replace', ids: [] }],
  },
  'authentik: the whole group without a path': {
    operations: [{ op: 'replace', value: { schemas: [group], id: 'g', displayName: 'N', externalId: 'e1' } }],
    becomes: { displayName: 'N' },
  },
  'authentik: one member per operation becomes one step': {
    operations: [
      { op: 'add', path: 'members', value: [{ value: 'a' }] },
      { op: 'add', path: 'members', value: [{ value: 'b' }, { value: 'a' }] },
      { op: 'remove', path: 'members', value: [{ value: 'a' }] },
      { op: 'remove', path: 'members[value eq "c" or value eq "d"]' },
      { op: 'add', path: 'members', value: [] },
      { op: 'remove', path: 'members', value: [] },
      { op: 'add', path: 'members', value: [{ value: 'a' }] },
    ],
    members: [
      { kind: 'add', ids: ['a', 'b'] },
      { kind: 'remove', ids: ['a', 'c', 'd'] },
      { kind: 'add', ids: ['a'] },
    ],
  },
  'Ping: the list wrapped once more': {
    operations: [
      { op: 'remove', path: 'members', value: { members: [{ value: 'a' }] } },
      { op: 'remove', value: { Members: [{ value: 'b' }] } },
    ],
    members: [{ kind: 'remove', ids: ['a', 'b'] }],
  },
  'bare ids and single objects': {
    operations: [
      { op: 'add', path: 'members', value: { value: 'a' } },
      { op: 'add', path: 'members', value: ['b'] },
      { op: 'add', path: 'members.value', value: 'c' },
      { op: 'add', path: 'members[value eq "d"]', value: null },
    ],
    members: [{ kind: 'add', ids: ['a', 'b', 'c', 'd'] }],
  },
  'remove without a value is everybody': {
    operations: [{ op: 'remove', path: 'members' }],
    members: [{ kind: 'replace', ids: [] }],
  },
  'replacements are not joined with what follows': {
    operations: [
      { op: 'replace', path: 'members', value: [{ value: 'a' }] },
      { op: 'replace', path: 'members', value: [{ value: 'b' }] },
      { op: 'add', path: 'members', value: [{ value: 'c' }] },
    ],
    members: [
      { kind: 'replace', ids: ['a'] },
      { kind: 'replace', ids: ['b'] },
      { kind: 'add', ids: ['c'] },
    ],
  },
  'a selected member is replaced': {
    operations: [
      { op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } },
      { op: 'replace', path: 'members[value eq "c"]', value: [{ value: 'c', display: 'C' }] },
      { op: 'replace', path: 'members[value eq "d"]', value: null },
      { op: 'remove', path: 'members[value eq "e"].value' },
    ],
    members: [
      { kind: 'remove', ids: ['a'] },
      { kind: 'add', ids: ['b', 'c'] },
      { kind: 'remove', ids: ['d', 'e'] },
    ],
  },
  'other filters are left to the caller': {
    operations: [
      { op: 'remove', path: 'members[type eq "Group" and not (value eq "a")]' },
      { op: 'remove', path: 'members[value sw "x" or type pr]' },
    ],
    members: [
      {
        kind: 'removeWhere',
        filter: {
          kind: 'and',
          terms: [
            { kind: 'compare', field: 'type', operator: 'eq', value: 'Group' },
            { kind: 'not', term: { kind: 'compare', field: 'value', operator: 'eq', value: 'a' } },
          ],
        },
      },
      {
        kind: 'removeWhere',
        filter: {
          kind: 'or',
          terms: [
            { kind: 'compare', field: 'value', operator: 'sw', value: 'x' },
            { kind: 'present', field: 'type' },
          ],
        },
      },
    ],
  },
  nothing: {
    operations: [
      { op: 'replace', path: 'displayName', value: 'G' },
      { op: 'remove', path: 'unknown' },
      { op: 'add', path: 'members', value: null },
    ],
  },
}

t.test('#83 #87 #89 #90 #91 what identity providers send', async (t) => {
  for (const [name, { operations, members = [], becomes }] of Object.entries(shapes)) {
    const plan = planGroupPatch(patch(...operations), compatible)
    t.same(plan.members, members, name)
    const patched = patchGroupAttributes(document, plan, compatible)
    t.same(patched, { document: { ...document, ...becomes }, changed: becomes !== undefined }, `${name}: attributes`)
  }
})

t.test('#37 #38 #86 #89 what is wrong is refused', async (t) => {
  const cases: [unknown, string][] = [
    [{ op: 'add', path: 'members', value: [{ display: 'A' }] }, 'invalidValue'],
    [{ op: 'add', path: 'members', value: [[]] }, 'invalidValue'],
    [{ op: 'remove', path: 'members', value: 7 }, 'invalidValue'],
    [{ op: 'remove', path: 'members[display eq "A"]' }, 'invalidFilter'],
    [{ op: 'remove', path: 'members[$ref co "a"]' }, 'invalidFilter'],
    [{ op: 'remove', path: 'members[value eq 1' }, 'invalidPath'],
    [{ op: 'replace', path: 'members[value eq "a"].display', value: 'A' }, 'mutability'],
    [{ op: 'replace', path: 'members[value eq "a"].value', value: 'b' }, 'mutability'],
    [{ op: 'remove', path: 'members.display' }, 'mutability'],
    [{ op: 'add', path: 'members[type eq "User"]', value: null }, 'noTarget'],
    [{ op: 'remove', path: 'displayName' }, 'mutability'],
    [{ op: 'replace', path: 'displayName', value: ' ' }, 'invalidValue'],
    [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [{ op: 'remove' }, 'noTarget'],
  ]
  for (const [operation, code] of cases) refuses(t, () => planGroupPatch(patch(operation), compatible), code)
  const removal = { op: 'remove', path: 'members', value: [{ value: 'a' }] }
  refuses(t, () => planGroupPatch(patch(removal), strict), 'invalidValue')
  refuses(t, () => planGroupPatch(patch({ op: 'add', path: 'members', value: ['a'] }), strict), 'invalidValue')
})

/** What steps do to a group, to compare plans by their meaning. */
function run(steps: readonly MemberStep[], members: ReadonlySet<string>): Set<string> {
  let now = new Set(members)
  for (const step of steps) {
    if (step.kind === 'add') now = new Set([...now, ...step.ids])
    if (step.kind === 'remove') for (const id of step.ids) now.delete(id)
    if (step.kind === 'replace') now = new Set(step.ids)
  }
  return now
}

t.test('#84 #87 #89 #91 a plan means what its operations mean one by one, in fewer steps', async (t) => {
  const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 })
  const operation = fc.record({
    op: fc.constantFrom('add', 'remove', 'replace'),
    path: fc.constant('members'),
    value: ids.map((list) => list.map((value) => ({ value }))),
  })
  const outcome = fc.check(
    fc.property(fc.array(operation, { maxLength: 8 }), ids, (operations, start) => {
      const whole = planGroupPatch(patch(...operations), compatible).members
      const single = operations.flatMap((one) => planGroupPatch(patch(one), compatible).members)
      const unique = whole.every((step) => step.kind === 'removeWhere' || new Set(step.ids).size === step.ids.length)
      const result = [...run(whole, new Set(start))].sort().join()
      return unique && whole.length <= single.length && result === [...run(single, new Set(start))].sort().join()
    }),
    { seed },
  )
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '', 'all plans')
})

t.test('ten thousand operations are planned in linear time', async (t) => {
  const operations = Array.from({ length: 10_000 }, (_, n) => ({ op: 'remove', path: `members[value eq "id-${n}"]` }))
  const { members } = planGroupPatch(patch(...operations), compatible)
  t.equal(members.length, 1)
  t.match(members[0], { kind: 'remove', ids: { length: 10_000 } })
})
