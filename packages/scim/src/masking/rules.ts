import { errorTable } from '@muster/runtime/errors'
import type { Attribute } from '../schema/attribute.ts'
import { commonAttributes } from '../schema/common-attributes.ts'
import { enterpriseUserSchema } from '../schema/enterprise-user-schema.ts'
import { groupSchema } from '../schema/group-schema.ts'
import { userSchema } from '../schema/user-schema.ts'

/** What becomes of the text values of one attribute. */
export interface Rule {
  /**
   * `text`: a mark, unless `shows` takes the whole of it; `secret`: nothing is left, of what is below it neither;
   * `container`: the same for a bare value, but what is below it goes by its own names;
   * `reference`: the resource it names; `expression`: a filter or a PATCH path; `names`: attribute names.
   */
  readonly kind: 'text' | 'secret' | 'container' | 'reference' | 'expression' | 'names'
  readonly shows?: RegExp
}

export const secretRule: Rule = { kind: 'secret' }
export const plainRule: Rule = { kind: 'text' }
/** The URN of a schema; it may also be one of an attribute that is not known. */
export const containerRule: Rule = { kind: 'container' }

const number: Rule = { kind: 'text', shows: /^-?\d{1,10}$/ }
const timestamp: Rule = {
  kind: 'text',
  shows: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?$/,
}
/** A URN of at least three parts: schemas are the customer's public vocabulary. */
export const urnPattern = /^urn:[a-z0-9][a-z0-9-]{0,31}:[\w.:-]{1,160}$/i

const schemas = [userSchema, groupSchema, enterpriseUserSchema]
const topLevel = [...commonAttributes, ...schemas.flatMap((schema) => schema.attributes)]
const everyAttribute = topLevel.flatMap((attribute) => [attribute, ...attribute.subAttributes])

/** Members of the messages around resources (RFC 7644 §3, RFC 9865), and attributes that need another rule. */
const messageRules: Readonly<Record<string, Rule>> = {
  schemas: { kind: 'text', shows: urnPattern },
  op: oneOf(['add', 'remove', 'replace']),
  path: { kind: 'expression' },
  filter: { kind: 'expression' },
  attributes: { kind: 'names' },
  excludedAttributes: { kind: 'names' },
  sortBy: { kind: 'names' },
  sortOrder: oneOf(['ascending', 'descending']),
  startIndex: number,
  count: number,
  totalResults: number,
  itemsPerPage: number,
  failOnErrors: number,
  status: { kind: 'text', shows: /^[1-5]\d\d$/ },
  scimType: oneOf(Object.keys(errorTable)),
  method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  resourceType: oneOf(['User', 'Group']),
  type: oneOf(everyAttribute.flatMap(({ name, canonicalValues }) => (name === 'type' ? canonicalValues : []))),
  version: { kind: 'text', shows: /^(?:W\/)?"\d{1,19}"$/ },
  location: { kind: 'reference' },
  $ref: { kind: 'reference' },
  ...Object.fromEntries(
    ['Operations', 'Resources', 'value', 'data', 'response', 'detail', 'bulkId', 'cursor', 'nextCursor'].map((name) => [
      name,
      plainRule,
    ]),
  ),
}

/** Under its name as the RFCs spell it, which is found at once, and under its folded one. */
const rules = new Map<string, Rule>(
  [
    ...everyAttribute.map((attribute) => [attribute.name, attributeRule(attribute)] as const),
    ...Object.entries(messageRules),
  ].flatMap(([name, rule]) => [
    [name, rule],
    [name.toLowerCase(), rule],
  ]),
)

/** The rule of an attribute or message member, by its name in any case; undefined for a name that is not known. */
export function ruleOf(name: string): Rule | undefined {
  return rules.get(name) ?? rules.get(name.toLowerCase())
}

function attributeRule({ type, returned }: Attribute): Rule {
  if (returned === 'never') return secretRule
  return type === 'dateTime' ? timestamp : plainRule
}

/** Words of the protocol, in any case: Entra ID writes `Add`. */
function oneOf(words: readonly string[]): Rule {
  return { kind: 'text', shows: new RegExp(`^(?:${[...new Set(words)].join('|')})$`, 'i') }
}
