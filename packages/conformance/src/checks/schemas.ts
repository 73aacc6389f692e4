import type { Json } from '@muster/scim'
import type { Answer } from '../answer.ts'
import type { Check } from '../check.ts'
import { type JsonPath, lookUp } from '../json-path.ts'
import type { Subject } from '../subject.ts'
import { urns } from '../urns.ts'
import { expectThat, isBoolean, isText } from './expect.ts'

const types = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex']
const mutabilities = ['readOnly', 'readWrite', 'immutable', 'writeOnly']
const returns = ['always', 'never', 'default', 'request']
const uniquenesses = ['none', 'server', 'global']

interface Attribute {
  /** `User.emails.value`, for a person. */
  readonly name: string
  readonly json: Json
  readonly depth: number
}

/** All attributes of a schema with their sub-attributes. */
function attributesOf(schema: Json, prefix: string, depth = 0): Attribute[] {
  const list = lookUp(schema, depth === 0 ? 'attributes' : 'subAttributes')
  return (Array.isArray(list) ? list : []).flatMap((json) => {
    const name = `${prefix}.${lookUp(json, 'name')}`
    return [{ name, json, depth }, ...attributesOf(json, name, depth + 1)]
  })
}

async function readSchemas(subject: Subject): Promise<{ answer: Answer; attributes: Attribute[] }> {
  const answer = (await subject.get('/Schemas')).isList()
  const attributes = answer.resources.flatMap((schema) => attributesOf(schema, String(lookUp(schema, 'name'))))
  expectThat(attributes.length > 0, 'attributes in the schemas', 'none')
  return { answer, attributes }
}

function expectKeyword(answer: Answer, { name, json }: Attribute, keyword: string, allowed: readonly string[]): void {
  const value = lookUp(json, keyword)
  if (!allowed.some((one) => one === value)) {
    answer.fail(`${name} to have a ${keyword} of ${allowed.join(', ')}`, JSON.stringify(value) ?? 'none')
  }
}

/** `/ResourceTypes` and `/Schemas`, document by document. */
export const schemaChecks: readonly Check[] = [
  {
    points: [9],
    level: 'MUST',
    title: 'every resource type names its endpoint and served schemas',
    async run(subject) {
      const types = (await subject.get('/ResourceTypes')).isList()
      const served = (await subject.get('/Schemas')).isList().resources.map((schema) => lookUp(schema, 'id'))
      for (const index of types.resources.keys()) {
        const type = `Resources.${index}`
        types.satisfies(`${type}.name`, 'a text', isText)
        types.satisfies(`${type}.endpoint`, 'a text', isText)
        types.satisfies(
          `${type}.schema`,
          'the id of a served schema',
          (value) => isText(value) && served.includes(value),
        )
        const extensions = types.at(`${type}.schemaExtensions`)
        for (const at of Array.isArray(extensions) ? extensions.keys() : []) {
          const extension = `${type}.schemaExtensions.${at}`
          types.satisfies(`${extension}.schema`, 'the id of a served schema', (value) => served.includes(value))
          types.satisfies(`${extension}.required`, 'a boolean', isBoolean)
        }
      }
    },
  },
  {
    points: [9],
    level: 'OURS',
    title: 'a resource type has its name as id, and a location',
    async run(subject) {
      const types = (await subject.get('/ResourceTypes')).isList()
      for (const [index, type] of types.resources.entries()) {
        types.has(`Resources.${index}.id`, lookUp(type, 'name') ?? null)
        types.has(`Resources.${index}.meta.resourceType`, 'ResourceType')
        types.satisfies(`Resources.${index}.meta.location`, 'an absolute address', (value) =>
          /^https?:/.test(`${value}`),
        )
      }
    },
  },
  {
    points: [10],
    level: 'MUST',
    title: 'every attribute is described by the keywords of RFC 7643 §7',
    async run(subject) {
      const { answer, attributes } = await readSchemas(subject)
      for (const attribute of attributes) {
        const { json, name } = attribute
        expectKeyword(answer, attribute, 'type', types)
        expectKeyword(answer, attribute, 'mutability', mutabilities)
        expectKeyword(answer, attribute, 'returned', returns)
        for (const keyword of ['multiValued', 'required']) {
          if (!isBoolean(lookUp(json, keyword))) answer.fail(`${name} to have a boolean ${keyword}`, 'none')
        }
        const isComplex = lookUp(json, 'type') === 'complex'
        if (isComplex && attribute.depth > 0)
          answer.fail(`${name} not to be complex inside a complex attribute`, 'complex')
        if (isComplex && !Array.isArray(lookUp(json, 'subAttributes')))
          answer.fail(`${name} to have subAttributes`, 'none')
        const uniqueness = lookUp(json, 'uniqueness')
        if (uniqueness !== undefined) expectKeyword(answer, attribute, 'uniqueness', uniquenesses)
      }
    },
  },
  {
    points: [10],
    level: 'OURS',
    title: 'descriptions, caseExact, uniqueness and referenceTypes are there, and nothing is null',
    async run(subject) {
      const { answer, attributes } = await readSchemas(subject)
      if (/:\s*null\b/.test(answer.text)) answer.fail('no nulls (Entra ID refuses them)', 'null')
      for (const { name, json } of attributes) {
        if (!isText(lookUp(json, 'description'))) answer.fail(`${name} to have a description`, 'none')
        const type = lookUp(json, 'type')
        if (type === 'complex') continue
        if (!isBoolean(lookUp(json, 'caseExact'))) answer.fail(`${name} to have caseExact`, 'none')
        if (!isText(lookUp(json, 'uniqueness'))) answer.fail(`${name} to have uniqueness`, 'none')
        if (type === 'reference' && !Array.isArray(lookUp(json, 'referenceTypes'))) {
          answer.fail(`${name} to have referenceTypes`, 'none')
        }
      }
    },
  },
  {
    points: [11],
    level: 'MUST',
    title: 'messages are no schemas; those of the resource types are',
    async run(subject) {
      const answer = (await subject.get('/Schemas')).isList()
      const ids = answer.resources.map((schema) => String(lookUp(schema, 'id')))
      const messages = ids.filter((id) => id.toLowerCase().startsWith('urn:ietf:params:scim:api:'))
      if (messages.length > 0) answer.fail('no message schemas', messages.join(', '))
      if (!ids.includes(urns.user)) answer.fail(urns.user, 'not among them')
    },
  },
  {
    points: [11],
    level: 'OURS',
    title: 'User, Group and the enterprise extension are served',
    async run(subject) {
      const answer = (await subject.get('/Schemas')).isList()
      const ids = answer.resources.map((schema) => String(lookUp(schema, 'id')))
      for (const urn of [urns.user, urns.group, urns.enterprise])
        if (!ids.includes(urn)) answer.fail(urn, 'no such schema')
    },
  },
  {
    points: [14],
    level: 'SHOULD',
    title: 'the schemas are those that the errata correct',
    async run(subject) {
      const { answer, attributes } = await readSchemas(subject)
      const schema = (urn: string) => answer.resources.find((one) => lookUp(one, 'id') === urn)
      const facts: readonly (readonly [urn: string, attribute: string, keyword: JsonPath, value: Json])[] = [
        [urns.user, 'userName', 'required', true],
        [urns.user, 'userName', 'uniqueness', 'server'],
        [urns.user, 'password', 'returned', 'never'],
        [urns.user, 'groups', 'mutability', 'readOnly'],
        [urns.group, 'displayName', 'required', true],
      ]
      for (const [urn, name, keyword, value] of facts) {
        const found = attributesOf(schema(urn) ?? null, urn).find((one) => one.name === `${urn}.${name}`)
        if (found === undefined) continue
        const got = lookUp(found.json, keyword)
        if (got !== value) answer.fail(`${name} to have ${keyword} ${value}`, String(got))
      }
      for (const { name, json } of attributes) {
        const type = lookUp(json, 'type')
        const uniqueness = lookUp(json, 'uniqueness')
        if (type === 'complex' && uniqueness !== undefined && uniqueness !== 'none') {
          answer.fail(`${name}, being complex, to have no uniqueness (erratum 6004)`, String(uniqueness))
        }
        if (type === 'reference' && lookUp(json, 'caseExact') === false) {
          answer.fail(`${name}, being a reference, to be caseExact (erratum 6001)`, 'false')
        }
        if (/x509Certificates\.value$/.test(name) && type !== 'binary') {
          answer.fail(`${name} to be binary (erratum 8435)`, String(type))
        }
      }
    },
  },
  {
    points: [15],
    level: 'OURS',
    title: 'id, meta and schemas are in no schema',
    async run(subject) {
      const { answer, attributes } = await readSchemas(subject)
      const common = attributes.filter(({ name }) => /^[^.]*\.(id|meta|schemas)$/.test(name)).map(({ name }) => name)
      if (common.length > 0) answer.fail('no common attributes', common.join(', '))
    },
  },
]
