import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { maskAddress, maskAgent, maskDetail, maskJson, maskMediaType, maskQuery } from '../src/index.ts'

const id = '2819c223-7f76-453a-919d-413861904646'
const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const mask = (body: unknown) => maskJson(body).value

t.test('#118 of a body stays what is not personal', (t) => {
  t.strictSame(
    mask({
      schemas: [user, 'urn:acme:params:custom:1.0:User', 'not a URN'],
      id,
      externalId: 'E-4711',
      userName: 'jane@acme.test',
      active: 'True',
      nickName: '',
      title: null,
      name: { givenName: 'Jane', familyName: id },
      emails: [
        { value: 'jane@acme.test', type: 'WORK', primary: 'true' },
        { value: 'x', type: 'secret type' },
      ],
      photos: [{ value: 'https://acme.test/jane.png' }],
      phoneNumbers: [{ value: '+49 (30) 123-45' }],
      groups: [{ value: id, $ref: `https://acme.test/scim/v2/Groups/${id}`, type: 'direct' }],
      password: { value: ['hunter2', 1, true, id] },
      meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: 'yesterday', version: 'W/"12"' },
      [enterprise]: { employeeNumber: 4711, manager: { value: id, $ref: '../Users/jane' } },
      [`${user}:title`]: 'Engineer',
      'name.middleName': 'X.',
      shoeSize: 42,
      'jane@acme.test': 'x',
      'jane.doe': 'x',
      'john@acme.te': { deep: 'x' },
    }),
    {
      schemas: [user, 'urn:acme:params:custom:1.0:User', '[text 9]'],
      id,
      externalId: '[text 6]',
      userName: '[email 14]',
      active: 'True',
      nickName: '',
      title: null,
      name: { givenName: '[text 4]', familyName: id },
      emails: [
        { value: '[email 14]', type: 'WORK', primary: 'true' },
        { value: '[text 1]', type: '[text 11]' },
      ],
      photos: [{ value: '[url 26]' }],
      phoneNumbers: [{ value: '[digits 15]' }],
      groups: [{ value: id, $ref: `…/Groups/${id}`, type: 'direct' }],
      password: { value: ['[secret]', '[secret]', true, '[secret]'] },
      meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '[text 9]', version: 'W/"12"' },
      [enterprise]: { employeeNumber: '[number]', manager: { value: id, $ref: '[text 13]' } },
      [`${user}:title`]: '[text 8]',
      'name.middleName': '[text 2]',
      shoeSize: '[secret]',
      '[name 14]': '[secret]',
      '[name 8]': '[secret]',
      '[name 12]': { '[name 4]': '[secret]' },
    },
  )
  t.end()
})

t.test('#118 the value of an operation goes by the attribute of its path', (t) => {
  for (const [operation, masked] of [
    [
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'Replace', path: 'active', value: 'False' },
    ],
    [
      { OP: 'add', Path: 'PassWord', Value: 'x' },
      { OP: 'add', Path: 'PassWord', Value: '[secret]' },
    ],
    [
      { op: 'jane', path: 'doe', value: id },
      { op: '[text 4]', path: '[name 3]', value: '[secret]' },
    ],
    [
      { op: 'add', path: 7, value: 'x' },
      { op: 'add', path: '[number]', value: '[secret]' },
    ],
    [
      { op: 'remove', path: `members[value eq "${id}"]` },
      { op: 'remove', path: `members[value eq "${id}"]` },
    ],
    [
      { op: 'add', path: 'addresses[type eq "home" and locality sw "Ber"].country', value: 'DE' },
      { op: 'add', path: 'addresses[type eq "home" and locality sw "[text 3]"].country', value: '[text 2]' },
    ],
    [
      { op: 'add', path: enterprise, value: { department: 'Sales', shoe: 'x' } },
      { op: 'add', path: enterprise, value: { department: '[text 5]', shoe: '[secret]' } },
    ],
    [
      { op: 'add', path: `${enterprise}:manager.value`, value: id },
      { op: 'add', path: `${enterprise}:manager.value`, value: id },
    ],
    [
      { op: 'add', path: 'urn:acme:custom:1.0:User:badge', value: 'x' },
      { op: 'add', path: 'urn:acme:custom:1.0:User:badge', value: '[secret]' },
    ],
  ] as const) {
    t.strictSame(mask({ Operations: [operation] }), { Operations: [masked] }, JSON.stringify(operation))
  }
  t.end()
})

t.test('#118 addresses, queries, programs, media types and details', (t) => {
  for (const [path, masked] of [
    ['/Users', '/Users'],
    [`/Groups/${id}.scim`, `/Groups/${id}.scim`],
    ['/users/jane@acme.test', '/users/[email 14]'],
    [`/Schemas/${user.replaceAll(':', '%3A')}`, `/Schemas/${user}`],
    ['/Users/%E0%A4%A', '/Users/[text 8]'],
    ['/Users/.search', '/Users/.search'],
    ['', ''],
  ] as const) {
    t.equal(maskAddress(path), masked)
  }
  for (const [filter, masked] of [
    ['userName Eq "jane@acme.test"', 'userName Eq "[email 14]"'],
    ['not (active eq true) and title pr', 'not (active eq true) and title pr'],
    ['meta.lastModified gt "2026-01-01T00:00:00Z"', 'meta.lastModified gt "2026-01-01T00:00:00Z"'],
    [`id eq "${id}" or password eq "x"`, `id eq "${id}" or password eq "[secret]"`],
    ['title eq null or title eq Jane Doe', 'title eq null or title eq [text 4] [name 3]'],
    ['title eq "a \\"quoted\\" x" Doe "unclosed', 'title eq "[text 14]" [name 3] "[text 8]"'],
    ['emails[value co "@acme"].type eq "work"', 'emails[value co "[text 5]"].type eq "work"'],
    ['urn:acme:custom:1.0:User:badge eq "4711"', 'urn:acme:custom:1.0:User:badge eq "[secret]"'],
  ] as const) {
    t.strictSame(maskQuery({ filter }), { filter: masked })
  }
  t.strictSame(maskQuery({ count: '10', startIndex: 'x', sortBy: 'name.givenName', cursor: 'abc', me: ['a', 'b'] }), {
    count: '10',
    startIndex: '[text 1]',
    sortBy: 'name.givenName',
    cursor: '[text 3]',
    me: ['[secret]', '[secret]'],
  })
  t.strictSame(maskQuery({ userName: 'jane', 'jane@acme.test': 'x' }), {
    userName: '[secret]',
    '[name 14]': '[secret]',
  })
  t.equal(maskQuery({}), undefined)
  t.equal(maskAgent('Okta SCIM Client 1.0.0 (+x) jane@acme.test'), 'Okta SCIM Client 1.0.0 (+x) [email 14]')
  t.equal(maskAgent(`x ${'t'.repeat(48)}`), 'x [text 48]')
  t.equal(maskMediaType('Application/scim+json; charset=jane'), 'application/scim+json')
  t.equal(maskMediaType('jane doe'), '[text 8]')
  t.equal(maskDetail('The attribute "janedoe" is not "userName".'), 'The attribute "[name 7]" is not "userName".')
  t.equal(maskDetail('expected "]" in version W/"3"'), 'expected "]" in version W/"3"')
  t.end()
})

t.test('bodies of any size and shape cost a bounded walk', (t) => {
  const members = Array.from({ length: 10_000 }, () => ({ value: id }))
  const many = maskJson({ members })
  t.equal(many.truncated, true)
  t.match((many.value as { members: unknown[] }).members.at(-1), '[9980 more]')
  const wide = maskJson(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`, index])))
  t.match(wide, { truncated: true, value: { '[more]': '[4900 more]' } })
  let deep: unknown = 'x'
  for (let level = 0; level < 30; level++) deep = { name: deep }
  t.match(maskJson(deep), { truncated: true })
  const branching = (level: number): unknown =>
    level === 0 ? 'x' : Array.from({ length: 20 }, () => branching(level - 1))
  t.ok(JSON.stringify(maskJson(branching(4))).length < 20_000)
  const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":{"x":1},"toString":"x"}')
  t.strictSame(
    JSON.stringify(mask(hostile)),
    '{"[name 9]":{"[name 5]":true},"constructor":{"[name 1]":"[secret]"},"toString":"[secret]"}',
  )
  t.equal(Reflect.get({}, 'admin'), undefined)
  t.equal(mask('jane'), '[text 4]')
  t.strictSame(mask(undefined), null)
  t.end()
})

/** Values that nobody could mistake for a word of the protocol; each can be found again wherever it went. */
const canary = fc.stringMatching(/^canary[0-9a-f]{6}$/)
const wrapped = fc.oneof(
  canary,
  canary.map((text) => `${text}@acme.test`),
  canary.map((text) => `https://${text}.test/Users/${id}x`),
  canary.map((text) => `"${text}\\`),
  canary.map((text) => `userName eq "${text}"`),
  canary.map((text) => `${text} eq ${text}`),
  canary.map((text) => `emails[value eq "x" ${text} "${text}`),
  canary.map((text) => `name.${text}`),
  canary.map((text) => `${id} ${text}`),
  canary.map((text) => `bulkId:${text}`),
)
const name = fc.oneof(
  fc.constantFrom(
    'op',
    'path',
    'value',
    'Operations',
    'schemas',
    'members',
    'userName',
    'password',
    'type',
    '$ref',
    'meta',
  ),
  fc.constantFrom(
    'filter',
    'attributes',
    'sortBy',
    'detail',
    'status',
    'location',
    'Resources',
    'version',
    'unknown',
    enterprise,
  ),
  canary.map((text) => `${text}@acme.test`),
  canary.map((text) => `name.${text}`),
)
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { maxDepth: 5 },
    wrapped,
    fc.dictionary(name, tie('body'), { maxKeys: 6 }),
    fc.array(tie('body'), { maxLength: 4 }),
  ),
}))

t.test('#118 no value survives, whatever the body, the query and the address look like', (t) => {
  const runs = { numRuns: times(3_000, 100_000), seed }
  t.comment(`seed ${seed}`)
  const holds = <T>(property: fc.IProperty<T>) => {
    const outcome = fc.check(property, runs)
    t.notOk(outcome.failed, fc.defaultReportMessage(outcome) ?? 'holds')
  }
  holds(fc.property(body, (value) => !JSON.stringify(mask(value)).includes('canary')))
  holds(
    fc.property(fc.dictionary(name, fc.oneof(wrapped, fc.array(wrapped, { maxLength: 3 }))), wrapped, (query, text) => {
      const detail = maskDetail(`"${text.replaceAll('"', '')}" is not known`)
      return !JSON.stringify([maskQuery(query), maskAddress(`/Users/${text}`), detail]).includes('canary')
    }),
  )
  holds(fc.property(fc.json(), (text) => JSON.stringify(mask(JSON.parse(text))) !== undefined))
  t.end()
})
