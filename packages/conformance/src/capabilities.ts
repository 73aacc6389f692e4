import type { Json } from '@muster/scim'
import type { Answer } from './answer.ts'
import { lookUp } from './json-path.ts'

/** What a check may need of a server; `User.title`: that the schema of users has the attribute. */
export type Capability = Feature | `${'User' | 'Group'}.${string}`

const features = ['patch', 'bulk', 'filter', 'sort', 'etag', 'cursor', 'index', 'groups', 'enterprise'] as const
type Feature = (typeof features)[number]

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const schemaUrns = {
  User: 'urn:ietf:params:scim:schemas:core:2.0:User',
  Group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
} as const

/** The server's discovery documents, each undefined when it could not be read. */
export interface Discovery {
  readonly config: Json | undefined
  readonly resourceTypes: readonly Json[] | undefined
  readonly schemas: readonly Json[] | undefined
}

/** Reads the answers of the three discovery endpoints. */
export function discoveryOf(config: Answer, resourceTypes: Answer, schemas: Answer): Discovery {
  return {
    config: config.status === 200 ? config.body : undefined,
    resourceTypes: resourceTypes.status === 200 ? resourceTypes.resources : undefined,
    schemas: schemas.status === 200 ? schemas.resources : undefined,
  }
}

/** Why a capability is missing, as a sentence part; undefined when the server has it, or does not say. */
export function missing(capability: Capability, discovery: Discovery): string | undefined {
  const feature = features.find((name) => name === capability)
  if (feature !== undefined)
    return isOffered[feature](discovery) ? undefined : `the server does not offer ${wording[feature]}`
  const [type, attribute] = capability.split('.') as ['User' | 'Group', string]
  return hasAttribute(discovery, schemaUrns[type], attribute) ? undefined : `the schema of ${type} has no ${attribute}`
}

const wording: Record<Feature, string> = {
  patch: 'PATCH',
  bulk: 'bulk',
  filter: 'filters',
  sort: 'sorting',
  etag: 'ETags',
  cursor: 'paging by cursor',
  index: 'paging by index',
  groups: 'groups',
  enterprise: 'the enterprise extension',
}

/** A server without a readable config is held to what nearly all have: PATCH, filters, paging by index. */
const isOffered: Record<Feature, (discovery: Discovery) => boolean> = {
  patch: ({ config }) => config === undefined || lookUp(config, 'patch.supported') === true,
  filter: ({ config }) => config === undefined || lookUp(config, 'filter.supported') === true,
  bulk: ({ config }) => lookUp(config, 'bulk.supported') === true,
  sort: ({ config }) => lookUp(config, 'sort.supported') === true,
  etag: ({ config }) => lookUp(config, 'etag.supported') === true,
  cursor: ({ config }) => lookUp(config, 'pagination.cursor') === true,
  index: ({ config }) => lookUp(config, 'pagination.index') !== false,
  groups: ({ resourceTypes }) =>
    resourceTypes === undefined || resourceTypes.some((type) => lookUp(type, 'schema') === schemaUrns.Group),
  enterprise: ({ resourceTypes }) =>
    resourceTypes?.some((type) => JSON.stringify(lookUp(type, 'schemaExtensions') ?? null).includes(enterprise)) ??
    false,
}

function hasAttribute({ schemas }: Discovery, urn: string, attribute: string): boolean {
  const schema = schemas?.find((candidate) => lookUp(candidate, 'id') === urn)
  const attributes = lookUp(schema, 'attributes')
  if (!Array.isArray(attributes)) return true
  return attributes.some((one) => String(lookUp(one, 'name')).toLowerCase() === attribute.toLowerCase())
}
