import t from 'tap'
import { contoso, contosoSchema, costs, okta, startRegistered } from './support/registered-schemas.ts'
import { type ScimBody, urns } from './support/scim-client.ts'

t.test('#7 #9 #10 #11 #14 #15 discovery shows registered schemas, and only to who may see them', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  const { body: all, text } = await client.get('/Schemas')
  const ids = all.Resources?.map(({ id }) => id) ?? []
  t.same(ids, [urns.user, urns.enterprise, contoso, okta, urns.group, costs])
  t.match(all, { schemas: [urns.list], totalResults: 6, itemsPerPage: 6, startIndex: 1 })
  t.notMatch(text, /null|urn:ietf:params:scim:api:messages:2\.0:(?!ListResponse)/)
  for (const [index, id] of ids.entries()) {
    t.same(
      (await client.get(`/Schemas/${String(id).toUpperCase()}`)).body,
      all.Resources?.[index],
      `${id}, in any case`,
    )
  }
  const { body: schema } = await client.get(`/Schemas/${contoso}`)
  const attributes = schema.attributes as ScimBody[]
  t.same(
    attributes.map(({ name }) => name),
    contosoSchema.attributes.map(({ name }) => name),
  )
  t.match(schema, {
    name: 'Contoso',
    meta: { resourceType: 'Schema', location: new RegExp(`/v2/Schemas/${contoso}$`) },
  })
  t.match(attributes[12], { type: 'complex', subAttributes: [{ name: 'street', type: 'string' }, { type: 'integer' }] })
  for (const attribute of attributes) {
    const keys = ['name', 'type', 'multiValued', 'description', 'required', 'mutability', 'returned']
    const own = attribute.type === 'complex' ? [...keys, 'subAttributes'] : [...keys, 'caseExact', 'uniqueness']
    for (const key of own) t.ok(key in attribute, `${attribute.name} says ${key}`)
    t.notMatch(String(attribute.name), /^(id|externalId|meta|schemas)$/)
  }
  const standard = all.Resources?.find(({ id }) => id === urns.group) as { attributes: ScimBody[] } | undefined
  t.match(standard?.attributes[0], { name: 'displayName', required: true }, 'erratum 5368')

  const types = (await client.get('/ResourceTypes')).body.Resources ?? []
  t.match(types, [
    {
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      schema: urns.user,
      schemaExtensions: [urns.enterprise, contoso, okta].map((urn) => ({ schema: urn, required: false })),
      meta: { resourceType: 'ResourceType', location: /\/v2\/ResourceTypes\/User$/ },
    },
    { id: 'Group', schema: urns.group, schemaExtensions: [{ schema: costs, required: false }] },
  ])
  for (const { id, schema: own } of types) {
    t.ok(ids.includes(String(own)), `${id} is of a schema that is served`)
    t.same(
      (await client.get(`/ResourceTypes/${id}`)).body,
      types.find((type) => type.id === id),
    )
  }
  const anonymous = await fetch(`${client.baseUrl}/Schemas`)
  t.notMatch(await anonymous.text(), new RegExp(`${okta}|contoso`), 'a stranger sees no schema of an organization')
})

t.test('#7 #8 #12 #13 what discovery refuses', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes']) {
    const whole = await client.get(path)
    t.same((await client.get(`${path}?startIndex=2&count=1&sortBy=id`)).body, whole.body, `${path} comes as a whole`)
    t.match(await client.find(path, 'id pr'), { status: 403, body: { schemas: [urns.error], status: '403' } })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const refused = await client.send(method, path, method === 'DELETE' ? undefined : {})
      t.match(refused, { status: 405, body: { schemas: [urns.error], status: '405' } }, `${method} ${path}`)
      t.match(refused.headers.get('allow'), /^GET\b/)
    }
  }
  for (const path of ['/Schemas/urn:nobody:has:it', '/ResourceTypes/Device', '/Nothing', '/Schemas/a/b']) {
    t.match(await client.get(path), { status: 404, body: { schemas: [urns.error], status: '404' } }, path)
  }
})
