import { MusterError } from '@muster/runtime/errors'
import {
  groupResourceType,
  type JsonObject,
  listResponse,
  parseIndexPage,
  parseSelection,
  pathName,
  project,
  resolveAttribute,
  resourceTypeDocuments,
  schemaDocuments,
  scimErrorBody,
  selectsAttribute,
  serviceProviderConfig,
  standardResourceTypes,
  userResourceType,
} from '@muster/scim'
import t from 'tap'
import { refuses } from './refuses.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

t.test('#29 #62 attribute paths in any case, with and without URN', async (t) => {
  const cases: [string, string | undefined][] = [
    ['USERNAME', 'userName'],
    ['name.GIVENNAME', 'name.givenName'],
    [`${core.toLowerCase()}:name.givenName`, 'name.givenName'],
    [`${core}:externalId`, 'externalId'],
    [`${enterprise.toUpperCase()}:manager.value`, `${enterprise}:manager.value`],
    ['meta.location', 'meta.location'],
    ['manager', undefined],
    ['userName.value', undefined],
    ['name.first', undefined],
    ['name.givenName.x', undefined],
    [`${core}x:userName`, undefined],
    [`${enterprise}:`, undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ]
  for (const [text, name] of cases) {
    const path = resolveAttribute(userResourceType, text)
    t.equal(path?.kind === 'attribute' ? pathName(path) : path, name, text)
  }
  t.match(resolveAttribute(userResourceType, enterprise.toLowerCase()), {
    kind: 'extension',
    extension: { id: enterprise },
  })
  const unprefixed = { unprefixedExtensionAttributes: true }
  t.match(resolveAttribute(userResourceType, 'Manager.value', unprefixed), { extension: enterprise })
  t.equal(resolveAttribute(groupResourceType, 'manager', unprefixed), undefined)
})

const jane: JsonObject = {
  schemas: [core, enterprise],
  id: 'x',
  userName: 'jane',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [{ value: 'a', type: 'work' }, { type: 'home' }],
  groups: [{ value: 'g' }],
  [enterprise]: { department: 'Sales', manager: { value: 'm' } },
  meta: { resourceType: 'User', location: 'l' },
}

t.test('#25 #39 #75 #76 #77 attributes and excludedAttributes', async (t) => {
  const always = { schemas: [core], id: 'x' }
  const cases: [Parameters<typeof parseSelection>[0], JsonObject][] = [
    [{}, jane],
    [{ attributes: '' }, jane],
    [{ attributes: 'USERNAME, meta.location' }, { ...always, userName: 'jane', meta: { location: 'l' } }],
    [{ attributes: ['name'] }, { ...always, name: jane.name ?? null }],
    [{ attributes: 'name.givenName' }, { ...always, name: { givenName: 'Jane' } }],
    [{ attributes: 'name.givenName,name' }, { ...always, name: jane.name ?? null }],
    [{ attributes: 'emails.value' }, { ...always, emails: [{ value: 'a' }] }],
    [{ attributes: 'nickName,unknown,password' }, always],
    [{ attributes: 'id.x,unknown' }, always],
    [{ attributes: enterprise }, { schemas: [core, enterprise], id: 'x', [enterprise]: jane[enterprise] ?? null }],
    [
      { attributes: `${enterprise}:manager.value`, excludedAttributes: 'userName' },
      { schemas: [core, enterprise], id: 'x', [enterprise]: { manager: { value: 'm' } } },
    ],
    [
      { excludedAttributes: `id,schemas,groups,meta,emails.type,name.familyName,${enterprise}` },
      { ...always, userName: 'jane', name: { givenName: 'Jane' }, emails: [{ value: 'a' }] },
    ],
  ]
  for (const [parameters, shown] of cases) {
    const selection = parseSelection(parameters, userResourceType)
    t.same(project(jane, selection, userResourceType), shown, JSON.stringify(parameters))
  }
  const leaked = { ...jane, password: 'secret', odd: 1 }
  t.same(project(leaked, { kind: 'default' }, userResourceType), jane, 'nothing that is not in the tables')
})

t.test('#77 a caller can skip what nobody sees', async (t) => {
  const selects = (parameters: Parameters<typeof parseSelection>[0]) =>
    selectsAttribute(parseSelection(parameters, groupResourceType), 'members')
  t.equal(selects({}), true)
  t.equal(selects({ excludedAttributes: 'Members' }), false)
  t.equal(selects({ excludedAttributes: 'members.display' }), true)
  t.equal(selects({ attributes: 'displayName' }), false)
  t.equal(selects({ attributes: 'members.value' }), true)
  t.equal(selects({ attributes: 'unknown' }), false)
})

t.test('#50 #67 #68 lists', async (t) => {
  t.same(listResponse([], { totalResults: 7, startIndex: 9 }), {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 7,
    startIndex: 9,
    itemsPerPage: 0,
    Resources: [],
  })
  const limits = { defaultCount: 100, maxCount: 200 }
  const cases: [Parameters<typeof parseIndexPage>[0], number, number][] = [
    [{}, 1, 100],
    [{ startIndex: '0', count: '-1' }, 1, 0],
    [{ startIndex: '-5', count: '0' }, 1, 0],
    [{ startIndex: 101, count: 50 }, 101, 50],
    [{ startIndex: '+7', count: '1000' }, 7, 200],
    [{ startIndex: '9'.repeat(400) }, Number.MAX_SAFE_INTEGER, 100],
  ]
  for (const [parameters, startIndex, count] of cases) {
    t.same(parseIndexPage(parameters, limits), { startIndex, count }, JSON.stringify(parameters))
  }
  for (const wrong of ['x', '', '1.5', '1e3', 1.5, true, ['1', '2'], Number.NaN]) {
    refuses(t, () => parseIndexPage({ startIndex: wrong }, limits), 'invalidValue', /startIndex/)
    refuses(t, () => parseIndexPage({ count: wrong }, limits), 'invalidValue', /count/)
  }
})

t.test('#108 errors', async (t) => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  const uniqueness = scimErrorBody(new MusterError('uniqueness', 'userName is taken'))
  t.same(uniqueness, { schemas, status: '409', scimType: 'uniqueness', detail: 'userName is taken' })
  const notFound = scimErrorBody(new MusterError('notFound', 'No such user'))
  t.same(notFound, { schemas, status: '404', detail: 'No such user' })
})

t.test('discovery says what is so', async (t) => {
  const baseUrl = 'https://x.test/scim/k/v2'
  const config = serviceProviderConfig({ baseUrl, maxResults: 200, defaultPageSize: 100, cursorSeconds: 600 })
  t.match(config, {
    patch: { supported: true },
    bulk: { supported: false },
    filter: { supported: true, maxResults: 200 },
    pagination: { index: true, cursor: true },
    meta: { location: `${baseUrl}/ServiceProviderConfig` },
  })
  const types = resourceTypeDocuments(standardResourceTypes, baseUrl)
  const schemas = schemaDocuments(standardResourceTypes, baseUrl)
  t.same(
    types.map(({ id }) => id),
    ['User', 'Group'],
  )
  t.same(
    schemas.map(({ id }) => id),
    [core, enterprise, 'urn:ietf:params:scim:schemas:core:2.0:Group'],
  )
  t.match(types[0], {
    endpoint: '/Users',
    schema: core,
    schemaExtensions: [{ schema: enterprise, required: false }],
    meta: { location: `${baseUrl}/ResourceTypes/User` },
  })
  for (const document of [config, ...types, ...schemas]) t.notMatch(JSON.stringify(document), /null|undefined/)
  const attributes = schemas.flatMap((schema) => schema.attributes as JsonObject[])
  for (const attribute of [...attributes, ...attributes.flatMap(subAttributes)]) {
    const { name, type } = attribute
    const simple = ['caseExact', 'uniqueness']
    const expected = ['type', 'multiValued', 'description', 'required', 'mutability', 'returned']
    const present = [...expected, ...(type === 'complex' ? ['subAttributes'] : simple)]
    t.ok(
      present.every((key) => attribute[key] !== undefined),
      String(name),
    )
    t.equal(attribute.maxCharacters, undefined, 'no keyword of our own')
  }
  t.notOk(
    attributes.flatMap(subAttributes).some(({ type }) => type === 'complex'),
    'erratum 8415',
  )
  const required = attributes.filter((attribute) => attribute.required).map(({ name }) => name)
  t.same(required, ['userName', 'displayName'])
})

function subAttributes({ subAttributes }: JsonObject): JsonObject[] {
  return Array.isArray(subAttributes) ? (subAttributes as JsonObject[]) : []
}
