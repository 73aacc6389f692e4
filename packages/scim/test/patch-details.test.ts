import { type Json, type JsonObject, parseUser, patchUser, standardDialects } from '@muster/scim'
import t from 'tap'
import { refuses } from './refuses.ts'

const { compatible, strict } = standardDialects
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patch = (...operations: unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})
const emails = [
  { value: 'w@x.test', type: 'work', primary: true },
  { value: 'h@x.test', type: 'home' },
]
const jane = parseUser({ userName: 'jane', emails, [enterprise]: { manager: { value: 'm1' } } }, compatible)
const after = (...operations: object[]): JsonObject => patchUser(jane, patch(...operations), compatible).document
const primaryOf = (document: JsonObject) =>
  (document.emails as JsonObject[]).filter(({ primary }) => primary === true).map(({ value }) => value)

t.test('#33 #92 whoever becomes primary takes it from the others, however it is said', async (t) => {
  const forms: Record<string, object> = {
    'add of a new element': { op: 'add', path: 'emails', value: [{ value: 'n@x.test', primary: true }] },
    'add of one that is there': {
      op: 'add',
      path: 'emails',
      value: [{ value: 'h@x.test', type: 'home', primary: true }],
    },
    'add without a path': { op: 'add', value: { emails: [{ value: 'n@x.test', primary: true }] } },
    'add to a selected element': { op: 'add', path: 'emails[type eq "home"]', value: { primary: true } },
    'add of the flag': { op: 'add', path: 'emails[type eq "home"].primary', value: true },
    'replace of the flag': { op: 'replace', path: 'emails[value eq "H@x.test"].primary', value: true },
    'replace of a selected element': { op: 'replace', path: 'emails[type eq "home"]', value: { primary: true } },
    'replace with a word': { op: 'Replace', path: 'emails[type eq "home"].primary', value: 'True' },
    'an element made on the way': {
      op: 'replace',
      path: 'emails[type eq "other" and primary eq true].value',
      value: 'o',
    },
    'a path as a key': { op: 'replace', value: { 'emails[type eq "home"].primary': true } },
  }
  for (const [name, operation] of Object.entries(forms)) {
    const now = primaryOf(after(operation))
    t.equal(now.length, 1, name)
    t.not(now[0], 'w@x.test', `${name}: another one`)
  }
  t.same(primaryOf(after({ op: 'replace', path: 'emails[type eq "work"].display', value: 'W' })), ['w@x.test'])
  t.same(primaryOf(after({ op: 'replace', path: 'emails[type eq "work"].primary', value: false })), [])
  for (const operation of [
    { op: 'replace', path: 'emails.primary', value: true },
    { op: 'replace', path: 'emails', value: emails.map((email) => ({ ...email, primary: true })) },
    {
      op: 'add',
      value: {
        emails: [
          { value: 'x', primary: true },
          { value: 'y', primary: 'true' },
        ],
      },
    },
  ]) {
    refuses(t, () => after(operation), 'invalidValue', /primary/)
  }
})

t.test('#88 an element is made of what its filter says, when it says nothing else', async (t) => {
  const add = (filter: string, dialect = compatible) => {
    const operation = { op: 'add', path: `phoneNumbers[${filter}].value`, value: '1' }
    return patchUser(jane, patch(operation), dialect).document.phoneNumbers
  }
  t.same(add('type eq "work"'), [{ value: '1', type: 'work' }])
  t.same(add('type eq "work" and (primary eq true and display eq "D")'), [
    { value: '1', display: 'D', type: 'work', primary: true },
  ])
  for (const filter of [
    'type eq "work" or type eq "home"',
    'type ne "work"',
    'not (type eq "work")',
    'type sw "w"',
    'type pr',
  ]) {
    refuses(t, () => add(filter), 'noTarget')
  }
  refuses(t, () => add('type eq "work" and type eq "home"'), 'noTarget')
  refuses(t, () => add('type eq "work"', strict), 'noTarget')
})

t.test('#96 a value in another shape is what it stands for', async (t) => {
  const manager = (operation: object) => (after(operation)[enterprise] as JsonObject | undefined)?.manager
  const path = `${enterprise}:manager`
  const forms: [unknown, Json | undefined][] = [
    ['m2', { value: 'm2' }],
    [{ value: 'm2' }, { value: 'm2' }],
    [[{ value: 'm2', $ref: 'https://x.test/v2/Users/m2' }], { value: 'm2', $ref: 'https://x.test/v2/Users/m2' }],
    [{ managerId: 'm2', displayName: 'M' }, { value: 'm2' }],
    [{ managerId: 'm3', value: 'm2' }, { value: 'm2' }],
    [{ $ref: null, value: 'm2' }, { value: 'm2' }],
    ['', undefined],
    [{ value: '' }, undefined],
    [{ value: null, $ref: 'x' }, undefined],
    [null, undefined],
    [[], undefined],
  ]
  for (const [value, expected] of forms) {
    t.same(manager({ op: 'replace', path, value }), expected, JSON.stringify(value))
    t.same(manager({ op: 'replace', value: { manager: value } }), expected, `without a path: ${JSON.stringify(value)}`)
  }
  const json = '{"id":"06b0","value":"Admin","displayName":"Admin: \\u00fc"}'
  t.same(after({ op: 'Add', path: 'roles', value: [{ value: json }] }).roles, [{ value: json }], 'a role is verbatim')
  t.same(after({ op: 'Add', path: 'roles', value: json }).roles, [{ value: json }])
  for (const [value, active] of [
    ['True', true],
    ['FALSE', false],
    [false, false],
  ] as const) {
    t.equal(after({ op: 'replace', path: 'active', value }).active, active)
  }
})

t.test('#29 #83 #119 nothing is named twice', async (t) => {
  const replace = { op: 'replace', path: 'title', value: 'x' }
  for (const operation of [
    { ...replace, OP: 'remove' },
    { ...replace, Path: 'nickName' },
    { ...replace, Value: 'y' },
    { op: 'replace', value: { title: 'x', TITLE: 'y' } },
    { op: 'replace', value: { [enterprise]: { department: 'x', Department: 'y' } } },
    { op: 'replace', path: 'name', value: { givenName: 'x', GIVENNAME: 'y' } },
    { op: 'add', path: 'emails', value: [{ value: 'x', Value: 'y' }] },
  ]) {
    refuses(t, () => after(operation), 'invalidSyntax', /twice/)
  }
  refuses(t, () => patchUser(jane, { ...patch(), operations: [replace] }, compatible), 'invalidSyntax', /twice/)
  refuses(t, () => parseUser({ userName: 'a', name: { givenName: 'x', givenname: 'y' } }, compatible), 'invalidSyntax')
})

t.test('#37 #89 what is required or read-only cannot go', async (t) => {
  for (const path of [
    'schemas',
    'userName',
    `${core}:USERNAME`,
    'id',
    'meta',
    'groups',
    'groups[value eq "x"]',
    `${enterprise}:manager.displayName`,
  ]) {
    refuses(t, () => after({ op: 'remove', path }), 'mutability')
  }
  t.same(after({ op: 'remove', path: enterprise })[enterprise], undefined)
  const named = { op: 'replace', path: `${enterprise}:manager`, value: { value: 'm2', displayName: 'M' } }
  refuses(t, () => patchUser(jane, patch(named), strict), 'mutability', /read-only/)
  t.same(after(named)[enterprise], { manager: { value: 'm2' } }, 'tolerated where providers send it')
})

t.test('#46 #80 a password is checked, and neither kept nor required', async (t) => {
  t.same(after({ op: 'replace', path: 'password', value: 's3cret' }), jane)
  t.same(after({ op: 'replace', value: { password: 's3cret' } }), jane)
  t.same(parseUser({ userName: 'jane', password: 's3cret' }, compatible).password, undefined)
  refuses(t, () => after({ op: 'replace', path: 'password', value: 7 }), 'invalidValue', /password/)
  refuses(t, () => parseUser({ userName: 'jane', password: {} }, compatible), 'invalidValue', /password/)
})

t.test('#42 a type that nobody suggested is as good as any', async (t) => {
  const phoneNumbers = [{ value: '1', type: 'satellite' }]
  t.same(parseUser({ schemas: [core], userName: 'jane', phoneNumbers }, strict).phoneNumbers, phoneNumbers)
})
