import { type Attribute, attribute, complexAttribute } from '../attribute.ts'
import type { ExtensionSchema } from '../resource-types.ts'
import { nameProblem } from './attribute-name.ts'
import { readCharacteristics } from './characteristics.ts'
import { invalid, type Members, placeOf, readList, readMembers, readText, readTexts } from './document-reader.ts'
import { checkUrn } from './schema-urn.ts'

const limits = {
  /** Sub-attributes included. */
  attributesMax: 200,
  nameCharactersMax: 128,
  descriptionCharactersMax: 1_000,
  suggestions: { elementsMax: 200, charactersMax: 256 },
} as const

/**
 * Reads a Schema document (RFC 7643 §7), as people copy it from another server's `/Schemas`: keywords in any case,
 * nulls and unknown members ignored, what is not said by default as RFC 7643 §2.2 has it. What `schemaDocument` prints
 * is read back as the same.
 * @returns attributes whose names, types and characteristics every part of this package can rely on
 * @throws `invalidValue` naming the member (`attributes[3].type`) and what it may be; never a value of it
 */
export function parseExtensionSchema(body: unknown, resourceType: ExtensionSchema['resourceType']): ExtensionSchema {
  const members = readMembers(body, '')
  const id = checkUrn(members.values.get('id'), 'id')
  const attributes = readAttributes(members, 'attributes', false)
  const count = attributes.reduce((sum, { subAttributes }) => sum + 1 + subAttributes.length, 0)
  if (count > limits.attributesMax) {
    throw invalid('attributes', `has more than ${limits.attributesMax} attributes, sub-attributes included`)
  }
  return {
    resourceType,
    schema: {
      id,
      name: readText(members, 'name', limits.nameCharactersMax) ?? '',
      description: readText(members, 'description', limits.descriptionCharactersMax) ?? '',
      attributes,
    },
  }
}

/** At least one, no two of one name (names are the same in any case, RFC 7643 §2.1). */
function readAttributes(members: Members, name: 'attributes' | 'subAttributes', isSubAttribute: boolean): Attribute[] {
  const at = placeOf(members, name)
  const places = new Map<string, string>()
  const attributes = readList(members, name, limits.attributesMax).map((item, index) => {
    const inner = readMembers(item, `${at}[${index}]`)
    const read = readAttribute(inner, isSubAttribute)
    const key = read.name.toLowerCase()
    const other = places.get(key)
    if (other !== undefined) throw invalid(placeOf(inner, 'name'), `is the name of ${other}, too (in whatever case)`)
    places.set(key, inner.at)
    return read
  })
  if (attributes.length === 0) throw invalid(at, 'must list at least one attribute')
  return attributes
}

function readAttribute(members: Members, isSubAttribute: boolean): Attribute {
  const name = members.values.get('name')
  const problem = nameProblem(name, isSubAttribute)
  if (problem !== undefined) throw invalid(placeOf(members, 'name'), problem)
  const description = readText(members, 'description', limits.descriptionCharactersMax) ?? ''
  const { type, ...characteristics } = readCharacteristics(members)
  if (type === 'complex') {
    if (isSubAttribute) throw invalid(placeOf(members, 'type'), 'cannot be complex inside complex (erratum 8415)')
    const subAttributes = readAttributes(members, 'subAttributes', true)
    return complexAttribute(String(name), description, subAttributes, characteristics)
  }
  if (readList(members, 'subAttributes', limits.attributesMax).length > 0) {
    throw invalid(placeOf(members, 'subAttributes'), 'belong to type complex only')
  }
  const referenceTypes = readTexts(members, 'referenceTypes', limits.suggestions)
  return attribute(type, String(name), description, {
    ...characteristics,
    canonicalValues: readTexts(members, 'canonicalValues', limits.suggestions),
    // They say nothing of any other type (RFC 7643 §7).
    referenceTypes: type === 'reference' ? referenceTypes : [],
  })
}
