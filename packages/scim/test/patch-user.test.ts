import { type Json, type JsonObject, parseUser, patchUser, standardDialects } from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const { compatible, strict } = standardDialects

const jane = parseUser(
  {
    userName: 'jane@x.test',
    externalId: 'e1',
    title: 'Engineer',
    name: { givenName: 'Jane', familyName: 'Doe' },
    emails: [
      { value: 'jane@x.test', type: 'work', primary: true },
      { value: 'jane@home.test', type: 'home' },
    ],
    roles: [{ value: 'Admin', display: 'Administrator' }],
    [enterprise]: { department: 'Sales', manager: { value: 'm1', $ref: '../Users/m1' } },
  },
  compatible,
)

const [work, home] = jane.emails as JsonObject[]
const patch = (...operations: unknown[]) => ({ schemas: [patchOp], Operations: operations })
const extension = (part: JsonObject) => ({ [enterprise]: { ...(jane[enterprise] as JsonObject), ...part } })

/** Operations, and what they change in Jane; undefined for an attribute that goes. */
const shapes: Record<string, { operations: unknown[]; becomes: { [key: string]: Json | undefined } }> = {
  'Entra ID: string boolean, capital op': {
    operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    becomes: { active: false },
  },
  'Entra ID: upper-case op and attribute': {
    operations: [{ OP: 'REPLACE', Path: 'USERNAME', value: 'j@x.test' }],
    becomes: { userName: 'j@x.test' },
  },
  'Entra ID: value path': {
    operations: [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'a b@x.test' }],
    becomes: { emails: [{ ...work, value: 'a b@x.test' }, home] as Json },
  },
  'Entra ID: value path without an element makes one': {
    operations: [
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' },
      { op: 'Replace', path: 'addresses[type eq "work" and primary eq "True"].locality', value: 'Bern' },
    ],
    becomes: {
      phoneNumbers: [{ value: '+1', type: 'mobile' }],
      addresses: [{ locality: 'Bern', type: 'work', primary: true }],
    },
  },
  'Entra ID: two value paths hit the same new element': {
    operations: [
      { op: 'Add', path: 'emails[type eq "other"].display', value: 'Other' },
      { op: 'Add', path: 'emails[type eq "other"].value', value: 'o@x.test' },
    ],
    becomes: { emails: [work, home, { value: 'o@x.test', display: 'Other', type: 'other' }] as Json },
  },
  'Entra ID: a value path set to nothing': {
    operations: [
      { op: 'Replace', path: 'emails[type eq "home"].value', value: '' },
      { op: 'Replace', path: 'phoneNumbers[type eq "fax"].value', value: '' },
    ],
    becomes: { emails: [work] as Json },
  },
  'Entra ID: sub-attribute': {
    operations: [{ op: 'Replace', path: 'name.givenName', value: 'Janet' }],
    becomes: { name: { givenName: 'Janet', familyName: 'Doe' } },
  },
  'Entra ID: extension paths': {
    operations: [
      { op: 'Replace', path: `${enterprise}:employeeNumber`, value: '7' },
      { op: 'Add', path: `${enterprise.toUpperCase()}:MANAGER`, value: 'm2' },
    ],
    becomes: extension({ employeeNumber: '7', manager: { value: 'm2' } }),
  },
  'Entra ID: manager as a list of one, without its URN': {
    operations: [{ op: 'Add', path: 'manager', value: [{ $ref: 'http://x/Users/m2', value: 'm2' }] }],
    becomes: extension({ manager: { value: 'm2', $ref: 'http://x/Users/m2' } }),
  },
  'Entra ID: the same manager again keeps its reference': {
    operations: [{ op: 'Add', path: 'manager', value: 'm1' }],
    becomes: {},
  },
  'Entra ID: manager removed by an empty string': {
    operations: [{ op: 'Replace', path: `${enterprise}:manager`, value: '' }],
    becomes: { [enterprise]: { department: 'Sales' } },
  },
  'Entra ID: manager removed by an empty value': {
    operations: [{ op: 'Add', path: 'manager', value: { value: '' } }],
    becomes: { [enterprise]: { department: 'Sales' } },
  },
  'Entra ID: unknown custom attributes': {
    operations: [
      { op: 'Replace', path: `${core}:role`, value: 'x' },
      { op: 'Replace', path: 'urn:ietf:params:scim:schemas:extension:Custom:2.0:User:tag', value: 'x' },
      { op: 'Add', path: 'custom[type eq "x"].value', value: 'x' },
      { op: 'Replace', value: { 'http://custom/tag': 1, 'very odd key': 1, custom: { a: 1 } } },
    ],
    becomes: {},
  },
  'Entra ID: core URN': {
    operations: [{ op: 'Replace', path: `${core}:name.familyName`, value: 'Roe' }],
    becomes: { name: { givenName: 'Jane', familyName: 'Roe' } },
  },
  'Entra ID: dotted, qualified and filtered keys': {
    operations: [
      {
        op: 'replace',
        value: {
          displayName: 'J',
          'name.givenName': 'K',
          [`${enterprise}:employeeNumber`]: 'A',
          'emails[type eq "work"].value': 'k@x.test',
        },
      },
    ],
    becomes: {
      displayName: 'J',
      name: { givenName: 'K', familyName: 'Doe' },
      emails: [{ ...work, value: 'k@x.test' }, home] as Json,
      ...extension({ employeeNumber: 'A' }),
    },
  },
  'Entra ID: a role as JSON in a string': {
    operations: [{ op: 'Add', path: 'roles', value: [{ value: '{"id":"06b0","value":"User"}' }] }],
    becomes: { roles: [{ value: 'Admin', display: 'Administrator' }, { value: '{"id":"06b0","value":"User"}' }] },
  },
  'Entra ID: a role selected by a string boolean': {
    operations: [{ op: 'Add', path: 'roles[primary eq "True"].value', value: 'Owner' }],
    becomes: {
      roles: [
        { value: 'Admin', display: 'Administrator' },
        { value: 'Owner', primary: true },
      ],
    },
  },
  'Entra ID: remove with value and without details': {
    operations: [{ op: 'Remove', path: 'roles', value: [{ $ref: null, value: 'ADMIN' }] }],
    becomes: { roles: undefined },
  },
  'remove with value spares other types and unknown values': {
    operations: [
      { op: 'remove', path: 'emails', value: [{ type: 'home', value: 'jane@x.test' }, { value: 'nobody' }] },
      { op: 'remove', path: 'roles', value: [] },
    ],
    becomes: {},
  },
  'Ping: remove without a path': {
    operations: [{ op: 'remove', value: { emails: [{ value: 'jane@home.test' }], title: 'Engineer' } }],
    becomes: { emails: [work] as Json, title: undefined },
  },
  'Okta: deactivation without a path': {
    operations: [{ op: 'replace', value: { active: false } }],
    becomes: { active: false },
  },
  'Okta: password, id, meta and groups in a value': {
    operations: [{ op: 'replace', value: { password: 's3cr3t', id: 'x', meta: {}, groups: [], schemas: [core] } }],
    becomes: {},
  },
  'SailPoint: a complex attribute in parts': {
    operations: [
      { op: 'replace', value: { name: { familyName: 'F' } } },
      { op: 'replace', value: { name: { middleName: 'M' } } },
    ],
    becomes: { name: { familyName: 'F', givenName: 'Jane', middleName: 'M' } },
  },
  'a complex attribute by path is merged, null takes a part away': {
    operations: [{ op: 'replace', path: 'name', value: { familyName: null, formatted: 'Jane' } }],
    becomes: { name: { formatted: 'Jane', givenName: 'Jane' } },
  },
  'an extension in its container is merged': {
    operations: [{ op: 'add', value: { [enterprise]: { division: 'D', department: null, manager: 'm3' } } }],
    becomes: extension({ division: 'D', manager: { value: 'm3' } }),
  },
  'an extension removed by its URN leaves schemas': {
    operations: [{ op: 'remove', path: enterprise }],
    becomes: { schemas: [core], [enterprise]: undefined },
  },
  'the last attribute of an extension takes the URN along': {
    operations: [
      { op: 'remove', path: `${enterprise}:department` },
      { op: 'remove', path: `${enterprise}:manager.value` },
    ],
    becomes: { schemas: [core], [enterprise]: undefined },
  },
  'add appends, merges what is the same, and flips primary': {
    operations: [
      { op: 'add', path: 'emails', value: [{ value: 'new@x.test', primary: true }] },
      { op: 'add', path: 'emails', value: { value: 'jane@home.test', type: 'home', display: 'Home' } },
    ],
    becomes: {
      emails: [
        { ...work, primary: false },
        { ...home, display: 'Home' },
        { value: 'new@x.test', primary: true },
      ] as Json,
    },
  },
  'primary flips through a value path': {
    operations: [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    becomes: {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ] as Json,
    },
  },
  'replace of a list replaces all of it': {
    operations: [{ op: 'replace', path: 'emails', value: [{ value: 'only@x.test' }] }],
    becomes: { emails: [{ value: 'only@x.test' }] },
  },
  'replace with an empty list clears': {
    operations: [{ op: 'replace', value: { emails: [], title: null } }],
    becomes: { emails: undefined, title: undefined },
  },
  'replace of a selected element keeps what is not named': {
    operations: [{ op: 'replace', path: 'emails[type eq "work"]', value: { value: 'w@x.test' } }],
    becomes: { emails: [{ ...work, value: 'w@x.test' }, home] as Json },
  },
  'replace of elements that are not there makes one': {
    operations: [{ op: 'replace', path: 'emails[type eq "other"]', value: { value: 'o@x.test' } }],
    becomes: { emails: [work, home, { value: 'o@x.test', type: 'other' }] as Json },
  },
  'remove by filter, and of nothing': {
    operations: [
      { op: 'remove', path: 'emails[value ew "@HOME.test"]' },
      { op: 'remove', path: 'photos[type eq "photo"]' },
      { op: 'remove', path: 'emails[type eq "work"].display' },
      { op: 'remove', path: 'nickName' },
    ],
    becomes: { emails: [work] as Json },
  },
  'a sub-attribute of all elements': {
    operations: [{ op: 'replace', path: 'emails.display', value: 'Jane' }],
    becomes: {
      emails: [
        { ...work, display: 'Jane' },
        { ...home, display: 'Jane' },
      ] as Json,
    },
  },
  'taking active away reactivates nobody': {
    operations: [
      { op: 'replace', path: 'active', value: false },
      { op: 'remove', path: 'active' },
      { op: 'replace', value: { active: null } },
      { op: 'replace', path: 'active', value: '' },
    ],
    becomes: { active: false },
  },
  'what is already so changes nothing': {
    operations: [
      { op: 'add', path: 'emails', value: [{ type: 'work', value: 'jane@x.test', primary: true }] },
      { op: 'replace', path: 'name', value: { givenName: 'Jane' } },
      { op: 'add', path: 'title', value: 'Engineer' },
      { op: 'add', path: 'title', value: null },
      { op: 'replace', value: {} },
    ],
    becomes: {},
  },
}

t.test('#83 #87 #88 #90 #91 #92 #94 #95 #96 #97 what identity providers send', async (t) => {
  for (const [name, { operations, becomes }] of Object.entries(shapes)) {
    const expected: JsonObject = {}
    for (const [key, value] of Object.entries({ ...jane, ...becomes })) if (value !== undefined) expected[key] = value
    const before = JSON.stringify(jane)
    const { document, changed } = patchUser(jane, patch(...operations), compatible)
    t.same(document, expected, name)
    t.equal(changed, Object.keys(becomes).length > 0, `${name}: changed`)
    t.same(parseUser(document, strict), document, `${name}: the document stays canonical`)
    t.equal(JSON.stringify(jane), before, `${name}: the input is not touched`)
  }
})

t.test('#83 #89 the envelope', async (t) => {
  const operations = [{ op: 'replace', path: 'title', value: 'x' }]
  t.equal(patchUser(jane, { operations }, compatible).document.title, 'x', 'no schemas, lower-case key')
  t.equal(patchUser(jane, patch(), compatible).changed, false, 'no operations')
  const cases: [unknown, string][] = [
    [undefined, 'invalidSyntax'],
    [[], 'invalidSyntax'],
    [{}, 'invalidSyntax'],
    [{ schemas: [core], Operations: operations }, 'invalidSyntax'],
    [{ Operations: {} }, 'invalidSyntax'],
    [{ Operations: [null] }, 'invalidSyntax'],
    [patch({ op: 'move', path: 'title', value: 1 }), 'invalidSyntax'],
    [patch({ path: 'title', value: 1 }), 'invalidSyntax'],
    [patch({ op: 'add', path: 7, value: 1 }), 'invalidPath'],
    [patch({ op: 'add', path: 'title' }), 'invalidValue'],
    [patch({ op: 'replace' }), 'invalidValue'],
    [patch({ op: 'replace', value: 'x' }), 'invalidValue'],
    [patch({ op: 'remove' }), 'noTarget'],
    [patch({ op: 'remove', path: '' }), 'noTarget'],
    [patch(...Array.from({ length: 1001 }, () => operations[0])), 'payloadTooLarge'],
  ]
  for (const [body, code] of cases) refuses(t, () => patchUser(jane, body, compatible), code)
  refuses(t, () => patchUser(jane, { Operations: operations }, strict), 'invalidSyntax')
  refuses(t, () => patchUser(jane, patch(), strict), 'invalidSyntax')
})

t.test('#37 #46 #84 #86 #89 #91 #93 what is wrong is refused, and nothing of the request remains', async (t) => {
  const cases: [unknown, string, RegExp?][] = [
    [{ op: 'remove', path: 'userName' }, 'mutability', /userName.*required/],
    [{ op: 'replace', path: 'userName', value: '' }, 'invalidValue', /userName is required/],
    [{ op: 'replace', path: 'userName', value: null }, 'invalidValue', /userName is required/],
    [{ op: 'replace', path: 'id', value: 'x' }, 'mutability', /read-only/],
    [{ op: 'add', path: 'groups', value: [{ value: 'g' }] }, 'mutability'],
    [{ op: 'replace', path: 'meta.created', value: 'x' }, 'mutability'],
    [{ op: 'replace', path: `${enterprise}:manager.displayName`, value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue', /active/],
    [{ op: 'replace', path: 'title', value: 7 }, 'invalidValue', /title/],
    [{ op: 'replace', path: 'name', value: [{}, {}] }, 'invalidValue', /name/],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: ['a', 'b'] }, 'invalidValue', /emails\.value/],
    [{ op: 'replace', path: 'emails.primary', value: true }, 'invalidValue', /primary/],
    [{ op: 'add', path: enterprise, value: 'x' }, 'invalidValue'],
    [{ op: 'replace', path: 'emails[type eq "other" or type eq "x"].value', value: 'a' }, 'noTarget'],
    [{ op: 'replace', path: 'emails[not (type pr)].value', value: 'a' }, 'noTarget'],
    [{ op: 'remove', path: 'emails[type xx "work"]' }, 'invalidFilter'],
    [{ op: 'remove', path: 'emails[nope eq "work"]' }, 'invalidFilter'],
    [{ op: 'remove', path: 'emails[type eq "work"' }, 'invalidPath'],
    [{ op: 'remove', path: 'emails[type eq "work"]value' }, 'invalidPath'],
    [{ op: 'remove', path: 'emails[type eq "work"].a.b' }, 'invalidPath'],
    [{ op: 'remove', path: 'name[givenName eq "x"]' }, 'invalidPath'],
    [{ op: 'remove', path: 'title[value eq "x"]' }, 'invalidPath'],
    [{ op: 'remove', path: 'name..givenName' }, 'invalidPath'],
    [{ op: 'remove', path: 'name.' }, 'invalidPath'],
    [{ op: 'remove', path: ' ' }, 'invalidPath'],
    [{ op: 'remove', path: 'a b' }, 'invalidPath'],
  ]
  for (const [operation, code, detail] of cases) {
    const body = patch({ op: 'replace', path: 'title', value: 'changed' }, operation)
    refuses(t, () => patchUser(jane, body, compatible), code, detail)
  }
  t.equal(jane.title, 'Engineer')
})

t.test('#37 #83 #91 #97 the strict profile', async (t) => {
  const add = { op: 'add', path: 'emails', value: [{ value: 'x@x.test' }] }
  t.equal(patchUser(jane, patch(add), strict).changed, true)
  const cases: [unknown, string][] = [
    [{ ...add, op: 'Add' }, 'invalidSyntax'],
    [{ op: 'replace', path: 'active', value: 'False' }, 'invalidValue'],
    [{ op: 'replace', path: 'emails[type eq "other"].value', value: 'x' }, 'noTarget'],
    [{ op: 'replace', path: 'unknown', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'manager', value: { value: 'x' } }, 'invalidPath'],
    [{ op: 'replace', path: `${enterprise}:manager`, value: 'x' }, 'invalidValue'],
    [{ op: 'replace', value: { 'name.givenName': 'x' } }, 'invalidPath'],
    [{ op: 'replace', value: { id: 'x' } }, 'mutability'],
    [{ op: 'remove', path: 'roles', value: [{ value: 'Admin' }] }, 'invalidValue'],
    [{ op: 'remove', value: { roles: [] } }, 'noTarget'],
  ]
  for (const [operation, code] of cases) refuses(t, () => patchUser(jane, patch(operation), strict), code)
})

t.test('#119 hostile names reach no prototype', async (t) => {
  const builtIns = () =>
    [Object, Array, Function, String].map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join())
  const before = builtIns()
  const names = ['__proto__', 'constructor', 'prototype', '__PROTO__', 'constructor.prototype', '__proto__.polluted']
  for (const name of names) {
    for (const op of ['add', 'replace', 'remove']) {
      const paths = [name, `${core}:${name}`, `${enterprise}:${name}`, `name.${name}`, `emails[type eq "x"].${name}`]
      for (const path of paths) {
        const body = patch({ op, path, value: { polluted: 'yes' } })
        refuses(t, () => patchUser(jane, body, compatible), 'invalidPath')
      }
      const keys = JSON.parse(JSON.stringify(patch({ op, value: { KEY: { polluted: 'yes' } } })).replace('KEY', name))
      refuses(t, () => patchUser(jane, keys, compatible), 'invalidPath')
    }
    const nested = JSON.parse(`{"Operations":[{"op":"add","path":"name","value":{"${name}":{"polluted":"yes"}}}]}`)
    refuses(t, () => patchUser(jane, nested, compatible), 'invalidSyntax')
  }
  t.same(builtIns(), before)
  t.equal(Reflect.get({}, 'polluted'), undefined)
})

t.test('#84 #119 any operation leaves a canonical document or a MusterError, never a changed input', async (t) => {
  const before = JSON.stringify(jane)
  const prototype = Reflect.ownKeys(Object.prototype).length
  const name = fc.constantFrom(
    'userName',
    'title',
    'active',
    'name',
    'emails',
    'roles',
    'manager',
    enterprise,
    '__proto__',
  )
  const suffix = fc.constantFrom(
    '',
    '.value',
    '.givenName',
    '[type eq "work"]',
    '[type eq "work"].value',
    '.primary',
    '[',
  )
  const value = fc.oneof(
    fc.constantFrom(null, '', true, 'True', 'x', [], {}, { value: 'v' }, [{ value: 'v', primary: true }], {
      primary: 'true',
    }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })),
  )
  const operation = fc.record(
    {
      op: fc.constantFrom('add', 'Remove', 'replace'),
      path: fc.option(
        fc.tuple(name, suffix).map((parts) => parts.join('')),
        { nil: undefined },
      ),
      value,
    },
    { requiredKeys: ['op'] },
  )
  const outcome = fc.check(
    fc.property(fc.array(operation, { maxLength: 4 }), (operations) => {
      try {
        const { document, changed } = patchUser(jane, patch(...operations), compatible)
        const canonical = JSON.stringify(parseUser(document, strict))
        if (canonical !== JSON.stringify(document)) throw new Error('the document is not canonical')
        if (changed === (canonical === before)) throw new Error('changed does not say what happened')
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'MusterError') throw error
      }
      return JSON.stringify(jane) === before && Reflect.ownKeys(Object.prototype).length === prototype
    }),
    { seed, numRuns: 3000 },
  )
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '', '3000 requests')
})

t.test('#88 an element made from a filter is checked like any other', async (t) => {
  const add = (filter: string) => patch({ op: 'Add', path: `emails[${filter}].display`, value: 'D' })
  refuses(t, () => patchUser(jane, add(`value eq "${'x'.repeat(801)}"`), compatible), 'invalidValue', /longer than 800/)
  const { document } = patchUser(jane, add('type eq "" and value eq "n@x.test"'), compatible)
  t.same((document.emails as Json[])[2], { value: 'n@x.test', display: 'D' })
})
