import {
  type Attribute,
  breakingChanges,
  type ExtensionSchema,
  findUrnClash,
  isSchemaUrn,
  parseExtensionSchema,
  parseSelection,
  project,
  resourceTypeDocuments,
  resourceTypesWith,
  schemaDocument,
  schemaDocuments,
  standardResourceTypes,
} from '@muster/scim'
import { seedElse } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const seed = seedElse(20_261_122)
const okta = 'urn:okta:custom:user:1.0'

/** A schema with one attribute. */
const withAttribute = (attribute: unknown) => ({ id: okta, attributes: [attribute] })
const parse = (body: unknown) => parseExtensionSchema(body, 'User')
const onlyAttribute = (attribute: unknown): Attribute | undefined =>
  parse(withAttribute(attribute)).schema.attributes[0]

t.test('#10 #39 what a document does not say has the default of RFC 7643 §2.2', async (t) => {
  t.same(parse(withAttribute({ name: 'shoeSize' })), {
    resourceType: 'User',
    schema: {
      id: okta,
      name: '',
      description: '',
      attributes: [
        {
          name: 'shoeSize',
          type: 'string',
          description: '',
          multiValued: false,
          required: false,
          caseExact: false,
          mutability: 'readWrite',
          returned: 'default',
          uniqueness: 'none',
          canonicalValues: [],
          referenceTypes: [],
          maxCharacters: 65_536,
          subAttributes: [],
        },
      ],
    },
  })
})

t.test('#10 documents of other servers: keywords in any case, nulls, unknown members', async (t) => {
  const copied = {
    Schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ID: 'urn:ietf:params:scim:schemas:extension:contoso:2.0:User',
    name: 'Contoso',
    description: null,
    meta: { resourceType: 'Schema', location: 'https://contoso.test/Schemas/x' },
    attributes: [
      { name: 'hired', type: 'datetime', multivalued: false, Mutability: 'ReadWrite', canonicalValues: null, odd: 1 },
      {
        name: 'site',
        type: 'Reference',
        caseExact: false,
        referenceTypes: ['external', 'external'],
        subAttributes: [],
      },
      { name: 'pin', mutability: 'WRITEONLY', uniqueness: 'None', required: false },
      {
        name: 'badges',
        type: 'Complex',
        MultiValued: true,
        caseExact: true,
        SubAttributes: [
          { name: '$ref', type: 'reference' },
          { name: 'value', type: 'BINARY', returned: 'Always' },
        ],
      },
    ],
  }
  const { schema } = parse(copied)
  t.match(schema, { id: copied.ID, name: 'Contoso', description: '' })
  t.match(schema.attributes, [
    { name: 'hired', type: 'dateTime', mutability: 'readWrite', caseExact: false },
    { name: 'site', type: 'reference', caseExact: true, referenceTypes: ['external'] },
    { name: 'pin', mutability: 'writeOnly', returned: 'never' },
    { name: 'badges', multiValued: true, caseExact: false, subAttributes: [{ name: '$ref' }, { type: 'binary' }] },
  ])
  t.same(schema.attributes[1]?.referenceTypes, ['external'])
  t.same(parse(schemaDocument(schema)).schema, schema)
})

t.test('what cannot be registered, each with the place and what to do', async (t) => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `a${index}` }))
  const cases: [unknown, RegExp][] = [
    ['x', /^The schema must be an object/],
    [{ attributes: [] }, /^id must be a URN/],
    ...[
      '',
      'okta',
      'urn:x:y',
      'urn:okta:',
      'urn:okta:a b',
      'urn:okta:a/b',
      'urn:okta:a(b)',
      'urn:okta:constructor',
    ].map((id): [unknown, RegExp] => [{ id }, /^id must be a URN/]),
    [{ id: `urn:okta:${'x'.repeat(200)}` }, /^id must be a URN .* at most 200/],
    [{ id: 'urn:ietf:params:scim:api:messages:2.0:PatchOp' }, /^id cannot be used: .* protocol messages/],
    [{ id: 'URN:ietf:params:SCIM:schemas:core:2.0:Device' }, /^id cannot be used: .* core schemas/],
    [{ id: 'urn:ietf:params:scim:schemas:core' }, /^id cannot be used/],
    [{ id: 'urn:ietf:params:scim:schemas:extension:Enterprise:2.0:User' }, /built in/],
    [{ id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:more' }, /built in/],
    [{ id: okta }, /^attributes must list at least one/],
    [{ id: okta, attributes: 'x' }, /^attributes must be a list/],
    [{ id: okta, attributes: [7] }, /^attributes\[0\] must be an object/],
    [{ id: okta, attributes: many(201) }, /^attributes has more than 200/],
    [{ id: okta, attributes: [...many(199), { name: 'c', type: 'complex', subAttributes: many(1) }] }, /more than 200/],
    [{ id: okta, ID: okta, attributes: many(1) }, /^The schema has a member twice/],
    [{ id: okta, name: 'x'.repeat(129), attributes: many(1) }, /^name is longer than 128/],
    [{ id: okta, description: 'x'.repeat(1_001), attributes: many(1) }, /^description is longer than 1000/],
    [{ id: okta, description: 'a\0b', attributes: many(1) }, /^description must be a text/],
    [
      { id: okta, attributes: [{ name: 'Size' }, { name: 'x' }, { name: 'sIZE' }] },
      /^attributes\[2\]\.name .* attributes\[0\]/,
    ],
    ...['', '7up', '_x', '$ref', 'a.b', 'a:b', 'a b', 'ü', '__proto__', 'x'.repeat(65), 7, undefined].map(
      (name): [unknown, RegExp] => [withAttribute({ name }), /^attributes\[0\]\.name /],
    ),
    ...['constructor', 'Prototype', 'toString', 'hasownproperty', 'valueOf'].map((name): [unknown, RegExp] => [
      withAttribute({ name }),
      /^attributes\[0\]\.name is a name that no attribute can have/,
    ]),
    [withAttribute({ name: 'x', type: 'text' }), /^attributes\[0\]\.type must be one of string, boolean, /],
    [withAttribute({ name: 'x', type: 7 }), /^attributes\[0\]\.type must be one of/],
    [withAttribute({ name: 'x', mutability: 'never' }), /\.mutability must be one of readOnly, readWrite, /],
    [withAttribute({ name: 'x', returned: 'sometimes' }), /\.returned must be one of always, never, default, request/],
    [withAttribute({ name: 'x', uniqueness: 'local' }), /\.uniqueness must be one of none, server, global/],
    [withAttribute({ name: 'x', uniqueness: 'server' }), /\.uniqueness must be none: .* not enforced/],
    [withAttribute({ name: 'x', uniqueness: 'GLOBAL' }), /\.uniqueness must be none/],
    [withAttribute({ name: 'x', required: 'false' }), /\.required must be true or false/],
    [withAttribute({ name: 'x', multiValued: 1 }), /\.multiValued must be true or false/],
    [withAttribute({ name: 'x', mutability: 'writeOnly', returned: 'default' }), /\.returned must be never/],
    [withAttribute({ name: 'x', canonicalValues: [1] }), /^attributes\[0\]\.canonicalValues\[0\] must be a text/],
    [withAttribute({ name: 'x', subAttributes: [{ name: 'y' }] }), /\.subAttributes belong to type complex/],
    [withAttribute({ name: 'x', type: 'complex' }), /\.subAttributes must list at least one/],
  ]
  const inside: [unknown, RegExp][] = [
    [{ name: 'y', type: 'complex', subAttributes: [{ name: 'z' }] }, /subAttributes\[0\]\.type .* inside complex/],
    [{ name: 'constructor' }, /^attributes\[0\]\.subAttributes\[0\]\.name/],
    [{ name: 'y', uniqueness: 'server' }, /subAttributes\[0\]\.uniqueness must be none/],
  ]
  for (const [sub, detail] of inside)
    cases.push([withAttribute({ name: 'x', type: 'complex', subAttributes: [sub] }), detail])
  for (const [body, detail] of cases) refuses(t, () => parse(body), 'invalidValue', detail)
  t.equal(onlyAttribute({ name: 'a-b_c$9' })?.name, 'a-b_c$9')
})

t.test('URNs that paths could not tell apart', async (t) => {
  const others = ['urn:okta:a', 'urn:okta:b:c']
  for (const [urn, clash] of [
    ['urn:okta:a', 'urn:okta:a'],
    ['URN:OKTA:A', 'urn:okta:a'],
    ['urn:okta:a:x', 'urn:okta:a'],
    ['urn:okta:b', 'urn:okta:b:c'],
    ['urn:okta:ab', undefined],
    ['urn:okta:b:d', undefined],
  ] as const) {
    t.equal(findUrnClash(urn, others), clash, urn)
  }
  t.ok(isSchemaUrn('urn:ietf:params:scim:schemas:extension:contoso:2.0:User'))
  t.notOk(isSchemaUrn('urn:okta:a\0'))
})

t.test('changes that stored values would not survive', async (t) => {
  const schema = (...attributes: unknown[]) => parse({ id: okta, attributes })
  const before = schema(
    { name: 'size', type: 'integer' },
    { name: 'badge', type: 'complex', subAttributes: [{ name: 'value' }, { name: 'kind', canonicalValues: ['a'] }] },
  )
  const badge = { name: 'badge', type: 'complex', subAttributes: [{ name: 'value' }, { name: 'kind' }] }
  const cases: [ExtensionSchema, string[]][] = [
    [before, []],
    [schema({ name: 'more' }, { name: 'size', type: 'integer', description: 'x', returned: 'request' }, badge), []],
    [schema(badge), ['removes size']],
    [schema({ name: 'Size', type: 'integer' }, badge), ['renames size']],
    [
      schema({ name: 'size', type: 'decimal', multiValued: true }, badge),
      ['changes type of size', 'changes multiValued of size'],
    ],
    [schema({ name: 'size', type: 'integer', mutability: 'readOnly' }, badge), ['keeps no values of size any more']],
    [schema({ name: 'size', type: 'integer', returned: 'never' }, badge), ['keeps no values of size any more']],
    [schema({ name: 'size', type: 'integer', required: true }, badge), ['requires size']],
    [schema({ name: 'size', type: 'integer' }, badge, { name: 'more', required: true }), ['requires more']],
    [
      schema({ name: 'size', type: 'integer' }, { ...badge, subAttributes: [{ name: 'kind', caseExact: true }] }),
      ['removes badge.value', 'changes caseExact of badge.kind'],
    ],
    [{ ...before, resourceType: 'Group' }, ['moves to Group']],
  ]
  for (const [after, changes] of cases) t.same(breakingChanges(before, after), changes)
})

t.test('#9 #10 #11 registered schemas are discovered beside the standard ones', async (t) => {
  const group = parseExtensionSchema({ id: 'urn:acme:group', attributes: [{ name: 'cost' }] }, 'Group')
  const types = resourceTypesWith([parse(withAttribute({ name: 'size' })), group])
  t.equal(resourceTypesWith([]), standardResourceTypes)
  t.match(resourceTypeDocuments(types, 'https://muster.test'), [
    { id: 'User', schemaExtensions: [{ schema: /enterprise/ }, { schema: okta, required: false }] },
    { id: 'Group', schemaExtensions: [{ schema: 'urn:acme:group', required: false }] },
  ])
  const documents = schemaDocuments(types, 'https://muster.test')
  t.match(
    documents.find(({ id }) => id === okta),
    { attributes: [{ name: 'size', type: 'string' }], meta: { location: `https://muster.test/Schemas/${okta}` } },
  )
  t.notMatch(JSON.stringify(documents), /null|urn:ietf:params:scim:api:/)
})

t.test('#39 #77 answers show registered attributes as `returned` says', async (t) => {
  const attributes = [{ name: 'a' }, { name: 'b', returned: 'request' }, { name: 'c', returned: 'never' }]
  const { user } = resourceTypesWith([parse({ id: okta, attributes })])
  const resource = { id: 'x', [okta]: { a: '1', b: '2', c: '3' } }
  const shown = (parameters: Parameters<typeof parseSelection>[0]) =>
    project(resource, parseSelection(parameters, user), user)[okta]
  t.same(shown({}), { a: '1' })
  t.same(shown({ attributes: `${okta.toUpperCase()}:B,${okta}:c` }), { b: '2' })
  t.same(shown({ excludedAttributes: `${okta}:a` }), undefined)
  t.not(parseSelection({}, user).kind, 'default', 'the stored text is not what is shown')
})

const inherited = new Set(Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase()))
const names = fc.stringMatching(/^[A-Za-z][\w$-]{0,12}$/).filter((name) => !inherited.has(name.toLowerCase()))
const uniqueNames = (minLength: number, maxLength: number) =>
  fc.uniqueArray(names, { minLength, maxLength, selector: (name) => name.toLowerCase() })
const simpleTypes = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference'] as const
const words = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'))

const simple = fc.record(
  {
    type: fc.constantFrom(...simpleTypes),
    description: words,
    multiValued: fc.boolean(),
    required: fc.boolean(),
    caseExact: fc.boolean(),
    mutability: fc.constantFrom('readOnly', 'readWrite', 'immutable'),
    returned: fc.constantFrom('default', 'always', 'never', 'request'),
    canonicalValues: fc.array(words, { maxLength: 3 }),
    referenceTypes: fc.array(words, { maxLength: 2 }),
  },
  { requiredKeys: [] },
)
const named = <T>(count: [number, number], traits: fc.Arbitrary<T>) =>
  uniqueNames(...count).chain((all) => fc.tuple(...all.map((name) => traits.map((own) => ({ name, ...own })))))
const complex = named([1, 4], simple).map((subAttributes) => ({
  type: 'complex',
  subAttributes,
}))
const anySchema = fc.record({
  id: fc.stringMatching(/^urn:[a-z]{2,8}:[a-z0-9]{1,9}(:[a-z0-9._-]{1,9}){0,3}$/).filter(isSchemaUrn),
  name: words,
  description: words,
  attributes: named([1, 6], fc.oneof(simple, complex)),
})

t.test(`parse ∘ print is identity (seed ${seed})`, async (t) => {
  let printed = 0
  const property = fc.property(anySchema, fc.constantFrom('User', 'Group'), (document, resourceType) => {
    const extension = parseExtensionSchema(document, resourceType)
    const text = JSON.stringify(schemaDocument(extension.schema))
    t.notMatch(text, /null,|:null/)
    printed++
    const again = parseExtensionSchema(JSON.parse(text), resourceType)
    return JSON.stringify(again) === JSON.stringify(extension) && breakingChanges(extension, again).length === 0
  })
  const outcome = fc.check(property, { seed, numRuns: 300 })
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '')
  t.ok(printed >= 300)
})
