import {
  type Json,
  type JsonObject,
  parseGroup,
  parseUser,
  patchGroupAttributes,
  patchUser,
  planGroupPatch,
} from '@muster/scim'
import t from 'tap'
import { refuses } from './refuses.ts'
import { contractSchema, siteDialects, siteSchema, teamSchema } from './support/site-schemas.ts'

const { compatible, strict } = siteDialects
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const patch = (...operations: unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})
const withSite = (site: unknown, more: object = {}) => ({
  schemas: [core, siteSchema.id],
  userName: 'jane',
  [siteSchema.id]: site,
  ...more,
})
const siteOf = (document: JsonObject) => document[siteSchema.id] as JsonObject
const parse = (site: unknown) => siteOf(parseUser(withSite(site), strict))
/** The site of a user after operations; `site:` in a path stands for the URN. */
function patched(site: object, operations: { op: string; path?: string; value?: unknown }[], dialect = compatible) {
  const expanded = operations.map(({ path, ...rest }) => ({
    ...rest,
    ...(path === undefined ? {} : { path: path.replace(/^site:/, `${siteSchema.id}:`) }),
  }))
  return siteOf(patchUser(parseUser(withSite(site), strict), patch(...expanded), dialect).document)
}

t.test('#31 #32 an extension attribute has its type, whatever the type', async (t) => {
  const kept: [string, unknown, Json?][] = [
    ['code', 'x'],
    ['tags', ['a', 'b']],
    ['floor', 3],
    ['floor', 3.0],
    ['rooms', [1, 2, 1], [1, 2]],
    ['share', 0.25],
    ['remote', false],
    ['since', '2026-05-01T10:00:00+02:00', '2026-05-01T08:00:00.000000Z'],
    ['key', 'QQ=='],
    ['key', 'QQ'],
    ['page', '../here'],
    ['page', 'https://x.test/ü?a=b#c'],
  ]
  for (const [name, value, canonical = value as Json] of kept) {
    t.same(parse({ [name]: value }), { [name]: canonical }, `${name}: ${JSON.stringify(value)}`)
  }
  const refused: [string, unknown][] = [
    ['code', 1],
    ['tags', 'a'],
    ['tags', [1]],
    ['tags', [['a']]],
    ['floor', 1.5],
    ['floor', '1'],
    ['floor', 2 ** 53],
    ['rooms', [1.5]],
    ['share', '0.25'],
    ['share', Number.POSITIVE_INFINITY],
    ['remote', 'true'],
    ['since', '2026-05-01'],
    ['since', 0],
    ['key', 'Q'],
    ['key', 'QQ='],
    ['key', 'Q?=='],
    ['page', 'two words'],
    ['page', '<x>'],
    ['pin', 7],
    ['desk', 'x'],
    ['desk', [{ place: 'x' }]],
    ['desk', { place: 7 }],
    ['badges', [{ number: 'a', door: {} }]],
  ]
  for (const [name, value] of refused) refuses(t, () => parse({ [name]: value }), 'invalidValue', /site/)
  t.same(siteOf(parseUser(withSite({ page: 'two words' }), compatible)), { page: 'two words' }, 'a flag of its own')
})

t.test('#33 no element twice, in any case unless the table says so', async (t) => {
  t.same(parse({ tags: ['a', 'A', 'b'] }), { tags: ['a', 'b'] })
  const user = { schemas: [core], userName: 'jane' }
  const emails = [
    { value: 'a@x.test', type: 'work' },
    { value: 'A@x.test', type: 'WORK', display: 'A', primary: true },
    { value: 'a@x.test', type: 'home' },
  ]
  const document = parseUser({ ...user, emails }, strict)
  t.same(document.emails, [
    { value: 'a@x.test', display: 'A', type: 'work', primary: true },
    { value: 'a@x.test', type: 'home' },
  ])
  const again = patch({ op: 'add', path: 'emails', value: [{ value: 'A@X.test', type: 'Work' }] })
  t.equal(patchUser(document, again, strict).changed, false, 'an element that is there already is no change')
  const merged = patchUser(document, patch({ op: 'replace', path: 'emails.type', value: 'work' }), compatible)
  t.same((merged.document.emails as Json[]).length, 1, 'elements that become the same become one')
})

t.test('#38 #93 an immutable attribute is set once, by POST, PUT or PATCH', async (t) => {
  const site = { origin: 'Bern', marks: ['a', 'b'], desk: { serial: 's1', place: 'left' } }
  const set = [{ op: 'add', path: 'site:origin', value: 'Bern' }]
  t.equal(patched({ floor: 1 }, set).origin, 'Bern', 'PATCH while it has none')
  t.equal(patched({ floor: 1 }, [{ op: 'replace', path: 'site:origin', value: 'Bern' }]).origin, 'Bern')
  const current = parseUser(withSite(site), strict)
  for (const operation of [
    { op: 'add', path: 'site:origin', value: 'BERN' },
    { op: 'replace', path: 'site:marks', value: ['b', 'a'] },
    { op: 'add', path: 'site:marks', value: ['a'] },
    { op: 'replace', path: 'site:desk', value: { serial: 's1', place: 'left' } },
  ]) {
    t.same(patched(site, [operation]), siteOf(current), `the same value again: ${operation.path}`)
  }
  for (const operation of [
    { op: 'add', path: 'site:origin', value: 'Basel' },
    { op: 'replace', path: 'site:origin', value: 'Basel' },
    { op: 'remove', path: 'site:origin' },
    { op: 'replace', path: 'site:origin', value: null },
    { op: 'add', path: 'site:marks', value: ['c'] },
    { op: 'remove', path: 'site:marks[value eq "a"]' },
    { op: 'replace', path: 'site:desk.serial', value: 's2' },
    { op: 'remove', path: 'site:desk.serial' },
    { op: 'add', path: 'site:desk', value: { serial: 's2' } },
    { op: 'remove', path: siteSchema.id },
  ]) {
    refuses(t, () => patched(site, [operation]), 'mutability', /immutable/)
  }
  t.same(patched(site, [{ op: 'remove', path: 'site:desk' }]).desk, undefined, 'the whole desk may go')
  t.same(patched({ floor: 1 }, [{ op: 'remove', path: 'site:origin' }]), { floor: 1 }, 'nothing to remove')

  const put = (next: object) => siteOf(parseUser(withSite(next), strict, current))
  t.same(put({ ...site, floor: 2 }), { ...site, floor: 2 })
  t.same(put({ floor: 2, desk: { place: 'right' } }), { ...site, floor: 2, desk: { serial: 's1', place: 'right' } })
  t.same(put({ marks: ['B', 'A'], origin: 'bern' }), { origin: 'Bern', marks: ['a', 'b'] }, 'the same but for case')
  refuses(t, () => put({ ...site, origin: 'Basel' }), 'mutability', /origin/)
  refuses(t, () => put({ ...site, marks: ['a'] }), 'mutability', /marks/)
  refuses(t, () => put({ ...site, desk: { serial: 's2' } }), 'mutability', /desk\.serial/)
  const elements = [{ number: '1', serial: 's1' }]
  refuses(
    t,
    () => patched({ badges: elements }, [{ op: 'replace', path: 'site:badges[number eq "1"].serial', value: 's2' }]),
    'mutability',
  )
  t.same(
    patched({ badges: elements }, [{ op: 'replace', path: 'site:badges', value: [{ number: '1', serial: 's2' }] }]),
    { badges: [{ number: '1', serial: 's2' }] },
    'elements come and go',
  )
})

t.test('#37 #39 what the service provider says is not the client’s, what is secret is not kept', async (t) => {
  t.same(parse({ score: 'x', pin: '1234', desk: { state: 'x', lock: 'x', place: 'p' } }), { desk: { place: 'p' } })
  t.same(patched({ floor: 1 }, [{ op: 'add', path: 'site:pin', value: '1234' }]), { floor: 1 })
  t.same(patched({ floor: 1 }, [{ op: 'add', path: 'site:desk.lock', value: '1234' }]), { floor: 1 })
  refuses(t, () => patched({ floor: 1 }, [{ op: 'add', path: 'site:pin', value: 1234 }]), 'invalidValue', /pin/)
  refuses(t, () => patched({ floor: 1 }, [{ op: 'add', path: 'site:score', value: 'x' }]), 'mutability')
  refuses(t, () => patched({ floor: 1 }, [{ op: 'add', path: 'site:desk.state', value: 'x' }]), 'mutability')
  const parts = [{ op: 'replace', path: 'site:desk', value: { place: 'p', state: 'x' } }]
  t.same(patched({ floor: 1 }, parts), { floor: 1, desk: { place: 'p' } })
  refuses(t, () => patched({ floor: 1 }, parts, strict), 'mutability', /read-only/)
})

t.test('#46 #81 #89 an extension may be left out, but who has it has what it requires', async (t) => {
  const user = { schemas: [core, contractSchema.id], userName: 'jane' }
  const full = { number: '7', grade: 'A', terms: ['x', 'y'] }
  const document = parseUser({ ...user, [contractSchema.id]: full }, strict)
  t.same(parseUser({ ...user, schemas: [core] }, strict)[contractSchema.id], undefined)
  refuses(
    t,
    () => parseUser({ ...user, [contractSchema.id]: { grade: 'A' } }, strict),
    'invalidValue',
    /number is required/,
  )
  refuses(t, () => parseUser({ ...user, [contractSchema.id]: { ...full, number: ' ' } }, strict), 'invalidValue')
  const path = (name: string) => `${contractSchema.id}:${name}`
  const run = (...operations: object[]) => patchUser(document, patch(...operations), strict).document
  refuses(t, () => run({ op: 'remove', path: path('number') }), 'mutability', /number, which is required/)
  refuses(t, () => run({ op: 'remove', path: path('terms') }), 'mutability')
  refuses(t, () => run({ op: 'remove', path: path('terms[value pr]') }), 'mutability')
  refuses(t, () => run({ op: 'replace', path: path('terms'), value: [] }), 'mutability')
  t.same(run({ op: 'remove', path: path('terms[value eq "X"]') })[contractSchema.id], { ...full, terms: ['y'] })
  t.same(run({ op: 'remove', path: contractSchema.id }), { schemas: [core], userName: 'jane', active: true })
  const bare = parseUser({ schemas: [core], userName: 'jane' }, strict)
  const grade = { op: 'add', path: path('grade'), value: 'A' }
  refuses(t, () => patchUser(bare, patch(grade), strict), 'invalidValue', /number is required/)
  const rest = { op: 'add', value: { [contractSchema.id]: { number: '7', terms: ['x'] } } }
  t.same(patchUser(bare, patch(grade, rest), strict).document[contractSchema.id], { ...full, terms: ['x'] })
  refuses(t, () => parse({ badges: [{ door: 'x' }] }), 'invalidValue', /badges\.number is required/)
  const badges = { badges: [{ number: '1' }] }
  refuses(t, () => patched(badges, [{ op: 'remove', path: 'site:badges.number' }]), 'mutability', /required/)
  refuses(t, () => patched(badges, [{ op: 'add', path: 'site:badges', value: [{ door: 'x' }] }]), 'invalidValue')
})

t.test('#87 #90 #91 lists of simple values, and lists within values', async (t) => {
  const start = { tags: ['a', 'b'], rooms: [1, 2], desk: { colors: ['red'] } }
  const cases: [object[], object][] = [
    [[{ op: 'add', path: 'site:tags', value: ['B', 'c'] }], { tags: ['a', 'b', 'c'] }],
    [[{ op: 'add', path: 'site:tags', value: 'c' }], { tags: ['a', 'b', 'c'] }],
    [[{ op: 'replace', path: 'site:tags', value: ['z'] }], { tags: ['z'] }],
    [[{ op: 'remove', path: 'site:tags', value: ['A'] }], { tags: ['b'] }],
    [[{ op: 'remove', path: 'site:tags', value: ['nope'] }], {}],
    [[{ op: 'remove', path: 'site:tags[value eq "b"]' }], { tags: ['a'] }],
    [[{ op: 'replace', path: 'site:tags[value eq "b"]', value: 'c' }], { tags: ['a', 'c'] }],
    [[{ op: 'remove', path: 'site:rooms', value: [2] }], { rooms: [1] }],
    [[{ op: 'remove', path: 'site:rooms[value gt 1]' }], { rooms: [1] }],
    [[{ op: 'add', path: 'site:desk.colors', value: ['RED', 'blue'] }], { desk: { colors: ['red', 'blue'] } }],
    [[{ op: 'replace', path: 'site:desk.colors', value: ['blue'] }], { desk: { colors: ['blue'] } }],
    [
      [
        { op: 'remove', path: 'site:tags' },
        { op: 'remove', path: 'site:desk.colors' },
      ],
      { tags: undefined, desk: undefined },
    ],
  ]
  for (const [operations, becomes] of cases) {
    const expected = Object.entries({ ...start, ...becomes }).filter(([, value]) => value !== undefined)
    t.same(patched(start, operations as { op: string }[]), Object.fromEntries(expected), JSON.stringify(operations))
  }
  refuses(t, () => patched(start, [{ op: 'remove', path: 'site:tags[other eq "b"]' }]), 'invalidFilter')
  refuses(t, () => patched(start, [{ op: 'remove', path: 'site:floor[value eq 1]' }]), 'invalidPath')
})

t.test('#94 #95 a URN with dots and versions, names that mean something elsewhere', async (t) => {
  const site = { members: ['a'], schemas: 'x', floor: 1 }
  t.same(parse(site), { floor: 1, members: ['a'], schemas: 'x' })
  t.same(patched(site, [{ op: 'add', path: 'site:members', value: ['b'] }]).members, ['a', 'b'])
  t.same(patched(site, [{ op: 'replace', value: { [`${siteSchema.id}:schemas`]: 'y' } }]).schemas, 'y')
  const urn = contractSchema.id
  const added = patchUser(
    parseUser({ userName: 'jane' }, compatible),
    patch(
      { op: 'add', path: `${urn.toUpperCase()}:number`, value: '7' },
      { op: 'add', path: `${urn}:terms`, value: ['x'] },
    ),
    compatible,
  )
  t.same(added.document, { schemas: [core, urn], userName: 'jane', active: true, [urn]: { number: '7', terms: ['x'] } })

  const group = parseGroup(
    { displayName: 'G', [teamSchema.id]: { members: ['x'] }, members: [{ value: 'u' }] },
    compatible,
  )
  t.same(group.members, ['u'])
  t.same(group.document[teamSchema.id], { members: ['x'] })
  const operations = [
    { op: 'add', path: `${teamSchema.id}:members`, value: ['y'] },
    { op: 'add', path: 'members', value: [{ value: 'v' }] },
  ]
  const plan = planGroupPatch(patch(...operations), compatible)
  t.same(plan.members, [{ kind: 'add', ids: ['v'] }])
  t.same(patchGroupAttributes(group.document, plan, compatible).document[teamSchema.id], { members: ['x', 'y'] })
})
