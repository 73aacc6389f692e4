import { type JsonObject, parseGroup, parseUser, standardDialects } from '@muster/scim'
import t from 'tap'
import { refuses } from './refuses.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const { compatible, strict } = standardDialects

const userBodies: Record<string, { body: unknown; document: JsonObject }> = {
  'Entra ID: nulls, a misspelt schema, unprefixed extension attributes': {
    body: {
      schemas: [core, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'],
      externalId: '0a21f0f2',
      userName: 't@x.test',
      active: 'True',
      addresses: null,
      phoneNumbers: null,
      title: null,
      department: null,
      manager: '123456',
      emails: [{ primary: 'True', type: 'work', value: 't@x.test' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'G F', familyName: 'F', givenName: 'G' },
      roles: [{ primary: false, type: 'AppRole', displayName: 'Admin', value: 'Admin' }],
    },
    document: {
      schemas: [core, enterprise],
      externalId: '0a21f0f2',
      userName: 't@x.test',
      name: { formatted: 'G F', familyName: 'F', givenName: 'G' },
      active: true,
      emails: [{ value: 't@x.test', type: 'work', primary: true }],
      roles: [{ value: 'Admin', display: 'Admin', type: 'AppRole', primary: false }],
      [enterprise]: { manager: { value: '123456' } },
    },
  },
  'Entra ID: the extension wins over an unprefixed null': {
    body: { userName: 'a', department: null, [enterprise]: { department: 'Sales' }, manager: null },
    document: { schemas: [core, enterprise], userName: 'a', active: true, [enterprise]: { department: 'Sales' } },
  },
  'Okta: a whole resource from GET, with groups, id, meta and a random password': {
    body: {
      schemas: [core],
      id: 'x',
      userName: 'u@x.test',
      password: 'random',
      groups: [],
      locale: 'en-US',
      meta: { version: 'W/"1"' },
      active: false,
    },
    document: { schemas: [core], userName: 'u@x.test', locale: 'en-US', active: false },
  },
  'OneLogin: rendered templates': {
    body: {
      USERNAME: 'o@x.test',
      id: null,
      Active: 'true',
      title: '',
      emails: { value: 'o@x.test', primary: true },
      phoneNumbers: [{ type: 'work', value: '' }],
      [enterprise.toUpperCase()]: { MANAGER: { managerId: '7', displayName: 'Boss' }, division: '' },
    },
    document: {
      schemas: [core, enterprise],
      userName: 'o@x.test',
      active: true,
      emails: [{ value: 'o@x.test', primary: true }],
      [enterprise]: { manager: { value: '7' } },
    },
  },
  'empty values are no values, repeated elements are one': {
    body: {
      userName: 'e',
      name: {},
      emails: [null, { value: 'a' }, { VALUE: 'a' }, {}],
      photos: [],
      [enterprise]: { manager: [{ $ref: null, value: '' }] },
      unknown: { deep: { deeper: 1 } },
    },
    document: { schemas: [core], userName: 'e', active: true, emails: [{ value: 'a' }] },
  },
}

t.test(
  '#24 #25 #26 #28 #29 #30 #31 #37 #47 #48 #96 what identity providers send becomes the canonical document',
  async (t) => {
    for (const [name, { body, document }] of Object.entries(userBodies)) {
      const parsed = parseUser(body, compatible)
      t.same(parsed, document, name)
      t.equal(JSON.stringify(parsed), JSON.stringify(document), `${name}: in the order of the tables`)
      t.same(parseUser(parsed, compatible), parsed, `${name}: parsing again changes nothing`)
      t.same(parseUser(parsed, strict), parsed, `${name}: the document satisfies the strict profile`)
    }
  },
)

t.test('#80 a PUT that does not mention active leaves it as it is', async (t) => {
  const current = parseUser({ userName: 'a', active: false }, compatible)
  t.equal(parseUser({ userName: 'a' }, compatible, current).active, false)
  t.equal(parseUser({ userName: 'a', active: true }, compatible, current).active, true)
  t.equal(parseUser({ userName: 'a' }, compatible).active, true)
})

t.test('#29 #32 #33 #34 #36 #46 #119 what is wrong is refused with the attribute', async (t) => {
  const cases: [unknown, string, RegExp][] = [
    [[], 'invalidSyntax', /object/],
    ['x', 'invalidSyntax', /object/],
    [null, 'invalidSyntax', /object/],
    [{}, 'invalidValue', /userName is required/],
    [{ userName: ' ' }, 'invalidValue', /userName is required/],
    [{ userName: 7 }, 'invalidValue', /userName must be a string/],
    [{ userName: 'a\0b' }, 'invalidValue', /userName/],
    [{ userName: 'a\ud800' }, 'invalidValue', /userName/],
    [{ userName: 'x'.repeat(801) }, 'invalidValue', /userName is longer than 800/],
    [{ userName: 'a', USERNAME: 'b' }, 'invalidSyntax', /userName is given twice/],
    [{ userName: 'a', active: 'yes' }, 'invalidValue', /active must be true or false/],
    [{ userName: 'a', name: 'Jane' }, 'invalidValue', /name must be an object/],
    [{ userName: 'a', emails: [{ value: 1 }] }, 'invalidValue', /emails\[0\]\.value/],
    [{ userName: 'a', title: ['x', 'y'] }, 'invalidValue', /title/],
    [
      {
        userName: 'a',
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: 'true' },
        ],
      },
      'invalidValue',
      /emails has more than one primary/,
    ],
    [{ userName: 'a', emails: Array.from({ length: 501 }, (_, n) => ({ value: `${n}` })) }, 'invalidValue', /500/],
    [{ userName: 'a', x509Certificates: [{ value: '??' }] }, 'invalidValue', /base64/],
    [{ userName: 'a', [enterprise]: 'x' }, 'invalidValue', /enterprise/],
    [JSON.parse('{"userName":"a","__proto__":{"x":1}}'), 'invalidSyntax', /no attribute/],
    [JSON.parse('{"userName":"a","name":{"constructor":{"x":1}}}'), 'invalidSyntax', /no attribute/],
  ]
  for (const [body, code, detail] of cases) refuses(t, () => parseUser(body, compatible), code, detail)
})

t.test('#24 #46 #48 the strict profile tolerates nothing', async (t) => {
  const valid = { schemas: [core], userName: 'a' }
  t.same(parseUser(valid, strict), { schemas: [core], userName: 'a', active: true })
  const cases: [object, string][] = [
    [{ schemas: undefined }, 'invalidSyntax'],
    [{ schemas: [] }, 'invalidSyntax'],
    [{ schemas: [core, 'urn:x'] }, 'invalidSyntax'],
    [{ schemas: [core, core] }, 'invalidSyntax'],
    [{ schemas: [enterprise] }, 'invalidSyntax'],
    [{ active: 'True' }, 'invalidValue'],
    [{ unknown: 1 }, 'invalidSyntax'],
    [{ manager: null }, 'invalidSyntax'],
    [{ emails: { value: 'a' } }, 'invalidValue'],
    [{ emails: ['a'] }, 'invalidValue'],
    [{ emails: [{ value: 'a', extra: 1 }] }, 'invalidSyntax'],
    [{ [enterprise]: { manager: '1' } }, 'invalidValue'],
    [{ [enterprise]: { manager: [{ value: '1' }] } }, 'invalidValue'],
  ]
  for (const [change, code] of cases) refuses(t, () => parseUser({ ...valid, ...change }, strict), code)
})

t.test('#24 #27 #35 #46 a group is a document and, apart from it, its members', async (t) => {
  const entra = {
    schemas: [group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: '8aa1a0c0',
    displayName: 'G',
    meta: { resourceType: 'Group' },
  }
  const document = { schemas: [group], externalId: '8aa1a0c0', displayName: 'G' }
  t.same(parseGroup(entra, compatible), { document, members: undefined })
  const members = [
    { value: 'b', $ref: null },
    { Value: 'a', display: 'A' },
    { value: 'b', type: 'User' },
  ]
  t.same(parseGroup({ ...entra, members }, compatible), { document, members: ['b', 'a'] })
  t.same(parseGroup({ ...entra, members: null }, compatible).members, [])
  t.same(parseGroup({ ...entra, members: { value: 'a' } }, compatible).members, ['a'])
  for (const wrong of [[{ display: 'A' }], [{ value: 7 }], [{ value: '' }], [null], 7]) {
    refuses(t, () => parseGroup({ ...entra, members: wrong }, compatible), 'invalidValue', /members/)
  }
  refuses(t, () => parseGroup({ ...document, members: { value: 'a' } }, strict), 'invalidValue', /members/)
  refuses(t, () => parseGroup({ displayName: '' }, compatible), 'invalidValue', /displayName is required/)
})

t.test('a hundred thousand members are read in linear time', async (t) => {
  const members = Array.from({ length: 100_000 }, (_, n) => ({ value: `id-${n % 50_000}` }))
  t.equal(parseGroup({ displayName: 'G', members }, compatible).members?.length, 50_000)
})
