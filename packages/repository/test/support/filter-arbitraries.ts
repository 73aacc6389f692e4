import {
  type Attribute,
  type AttributePath,
  type CompareOperator,
  canonicalInstant,
  type Filter,
  type FilterValue,
  type JsonObject,
  type ResourceType,
  resolveAttribute,
} from '@muster/scim'
import fc from 'fast-check'

/** Few enough that filters often hit, odd enough that every way of comparing them wrongly shows. */
const texts = [
  ...[
    'a',
    'A',
    'ab',
    'AB',
    'b',
    'Ab c',
    'z',
    'Z',
    '%',
    '_',
    'a%',
    "'",
    '"',
    '\\',
    '\\\\',
    ' ',
    '10',
    '9',
    'true',
    'null',
  ],
  ...['Ångström', 'ångström', 'ÅNGSTRÖM', 'ﬁ', 'fi', 'FI', 'straße', 'STRASSE', 'ς', 'Σ', 'σ', 'İ', 'i̇', 'I', 'ı'],
  ...['💥', '￮', 'é', 'e\u0301', 'É', 'Ａ', 'ǅ', 'ǆ', '日本', '\u{10ffff}', '\u0001', "' OR true --", '$1', '{}', '[]'],
]
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 5 })
      .filter((value) => value.isWellFormed() && !value.includes('\0')),
  },
  { weight: 1, arbitrary: fc.constant('') },
)
const instants = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-01-01T00:00:00.123456Z',
  '0001-01-01T00:00:00Z',
]
const numbers = [0, -0, 1, -1, 2, 10, 1.5, -1.5, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308]

const values: Record<Attribute['type'], fc.Arbitrary<FilterValue>> = {
  string: text,
  reference: text,
  binary: fc.constantFrom('', 'AAAA', 'aaaa', 'YQ=='),
  dateTime: fc.constantFrom(...instants),
  integer: fc.constantFrom(0, 1, -1, 2, 10, Number.MAX_SAFE_INTEGER),
  decimal: fc.constantFrom(...numbers),
  boolean: fc.boolean(),
  complex: fc.constant(''),
}

/** A body of the type with some of its attributes. */
export function resourceBody(type: ResourceType): fc.Arbitrary<JsonObject> {
  const own = { schemas: fc.constant([type.schema.id]), externalId: fc.option(text, { nil: undefined }) }
  const core = fc.record({ ...own, ...members(type.schema.attributes) })
  const extensions = type.extensions.map((extension) =>
    fc.option(fc.record(members(extension.attributes)), { nil: undefined, freq: 3 }),
  )
  return fc.tuple(core, ...extensions).map(([body, ...containers]) => {
    const all: Record<string, unknown> = { ...body }
    for (const [at, extension] of type.extensions.entries()) all[extension.id] = containers[at]
    // Undefined members are not there.
    return JSON.parse(JSON.stringify(all))
  })
}

const written = ({ mutability, returned }: Attribute) =>
  mutability !== 'readOnly' && mutability !== 'writeOnly' && returned !== 'never'

function members(attributes: readonly Attribute[]): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(
    attributes
      .filter((attribute) => written(attribute) && attribute.name !== 'members')
      .map((attribute) => [attribute.name, fc.option(member(attribute), { nil: undefined, freq: 2 })]),
  )
}

function member(attribute: Attribute): fc.Arbitrary<unknown> {
  const one: fc.Arbitrary<unknown> =
    attribute.type === 'complex'
      ? fc.record(members(attribute.subAttributes)).map((value) => (Object.keys(value).length > 0 ? value : undefined))
      : values[attribute.type]
  if (!attribute.multiValued) return one
  return fc.array(one, { maxLength: 3 }).map(onePrimary)
}

/** At most one element may be the primary one (RFC 7643 §2.4). */
function onePrimary(elements: unknown[]): unknown[] {
  let seen = false
  return elements.map((element) => {
    if (typeof element !== 'object' || element === null || !('primary' in element) || element.primary !== true)
      return element
    if (seen) return { ...element, primary: false }
    seen = true
    return element
  })
}

/** Every attribute and sub-attribute of a type, common ones included, but for secrets. */
export function attributePaths(type: ResourceType): AttributePath[] {
  const common = ['schemas', 'id', 'externalId', 'meta'].flatMap((name) => {
    const path = resolveAttribute(type, name)
    return path?.kind === 'attribute' ? path.attribute : []
  })
  const sources = [
    { extension: undefined, attributes: [...common, ...type.schema.attributes] },
    ...type.extensions.map(({ id, attributes }) => ({ extension: id, attributes })),
  ]
  return sources.flatMap(({ extension, attributes }) =>
    attributes
      .filter(({ returned }) => returned !== 'never')
      .flatMap((attribute) =>
        [undefined, ...attribute.subAttributes].map(
          (subAttribute): AttributePath => ({ kind: 'attribute', extension, attribute, subAttribute }),
        ),
      ),
  )
}

export const leafOf = ({ attribute, subAttribute }: AttributePath) => subAttribute ?? attribute

const equality = ['eq', 'ne'] as const
const order = ['gt', 'ge', 'lt', 'le'] as const
const operators: Record<Attribute['type'], readonly CompareOperator[]> = {
  string: [...equality, ...order, 'co', 'sw', 'ew'],
  reference: [...equality, ...order, 'co', 'sw', 'ew'],
  binary: equality,
  dateTime: [...equality, ...order],
  integer: [...equality, ...order],
  decimal: [...equality, ...order],
  boolean: equality,
  complex: [],
}

/** Values that the attribute has somewhere among the resources, so that filters find something. */
function known(path: AttributePath, resources: readonly JsonObject[]): FilterValue[] {
  const found = resources.flatMap((resource) => {
    const container = path.extension === undefined ? resource : resource[path.extension]
    return flat((container as JsonObject | undefined)?.[path.attribute.name]).flatMap((value) =>
      path.subAttribute ? flat((value as JsonObject)[path.subAttribute.name]) : [value],
    )
  })
  return [...new Set(found.filter((value) => typeof value !== 'object') as FilterValue[])].slice(0, 200)
}

function flat(value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function comparison(path: AttributePath, resources: readonly JsonObject[]): fc.Arbitrary<Filter> {
  const { type } = leafOf(path)
  const there = known(path, resources)
  const literal = there.length > 0 ? fc.oneof(fc.constantFrom(...there), values[type]) : values[type]
  const part = fc.tuple(literal, fc.nat({ max: 3 }), fc.nat({ max: 3 })).map(([value, from, to]) => {
    const cut = typeof value === 'string' && (type === 'string' || type === 'reference')
    return cut && from > 0 ? [...value].slice(from - 1, to > 0 ? from + to : undefined).join('') : value
  })
  return fc.tuple(fc.constantFrom(...operators[type]), part).map(([operator, value]): Filter => {
    const canonical = type === 'dateTime' ? (canonicalInstant(String(value)) ?? '') : value
    return { kind: 'compare', attribute: path, operator, value: canonical }
  })
}

/** Filters as the parser would make them, over all attributes of a type. */
export function filterOver(type: ResourceType, resources: readonly JsonObject[]): fc.Arbitrary<Filter> {
  const paths = attributePaths(type)
  const leaves = paths.filter((path) => leafOf(path).type !== 'complex').map((path) => comparison(path, resources))
  const presences = fc.constantFrom(...paths).map((attribute): Filter => ({ kind: 'present', attribute }))
  const elements = paths
    .filter((path) => path.subAttribute === undefined && path.attribute.type === 'complex')
    .map((element): fc.Arbitrary<Filter> => {
      const inner = paths.filter(
        (path) => path.attribute === element.attribute && path.extension === element.extension && path.subAttribute,
      )
      const terms = inner.map((path) => comparison(path, resources))
      const present = fc.constantFrom(...inner).map((attribute): Filter => ({ kind: 'present', attribute }))
      return combined(fc.oneof(...terms, present)).map((filter) => ({ kind: 'element', attribute: element, filter }))
    })
  return combined(
    fc.oneof(
      { weight: 6, arbitrary: fc.oneof(...leaves) },
      { weight: 1, arbitrary: presences },
      { weight: 3, arbitrary: fc.oneof(...elements) },
    ),
  )
}

function combined(leaf: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
          .map(([kind, terms]): Filter => ({ kind: kind as 'and' | 'or', terms })),
      },
      { weight: 1, arbitrary: tie('filter').map((term): Filter => ({ kind: 'not', term })) },
    ),
  })).filter
}
