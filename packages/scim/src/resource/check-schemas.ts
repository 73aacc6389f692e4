import { MusterError } from '@muster/runtime/errors'
import type { Profile } from '../profile.ts'
import type { ResourceType } from '../schema/resource-type.ts'

/**
 * Checks the `schemas` of a POST or PUT body (RFC 7643 §3): strings, no repetition, the core schema among them, none
 * that the resource type does not have. The compatible profile takes whatever comes, because the document's own
 * `schemas` is computed.
 * @throws `invalidSyntax`
 */
export function checkSchemas(resourceType: ResourceType, schemas: unknown, profile: Profile): void {
  const given = Array.isArray(schemas) ? schemas : []
  if (given.length === 0) {
    if (profile.optionalSchemas) return
    throw new MusterError('invalidSyntax', 'schemas must list the schemas of the resource')
  }
  if (profile.ignoreUnknownSchemas) return
  const known = new Set([resourceType.schema, ...resourceType.extensions].map(({ id }) => id.toLowerCase()))
  const urns = given.map((urn) => (typeof urn === 'string' ? urn.toLowerCase() : ''))
  if (urns.some((urn) => !known.has(urn))) {
    throw new MusterError('invalidSyntax', `schemas names a schema that a ${resourceType.name} does not have`)
  }
  if (new Set(urns).size < urns.length) throw new MusterError('invalidSyntax', 'schemas names a schema twice')
  if (!urns.includes(resourceType.schema.id.toLowerCase())) {
    throw new MusterError('invalidSyntax', `schemas must name ${resourceType.schema.id}`)
  }
}
