import { MusterError } from '@muster/runtime/errors'
import { shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import { isSecret } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { type AttributePath, pathName, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'

/** The order of a list (RFC 7644 §3.4.2.3): by a simple attribute or a simple sub-attribute. */
export interface Sort {
  readonly attribute: AttributePath
  readonly descending: boolean
}

interface SortParameters {
  sortBy?: string | undefined
  sortOrder?: string | undefined
}

const descendingOf = new Map([
  ['ascending', false],
  ['descending', true],
])

/**
 * Reads `sortBy` and `sortOrder`. A complex attribute means its `value`, as in filters. Where nobody has the attribute
 * no order follows from it: undefined for one that only a type of `alsoKnown` has and, in a profile that ignores unknown
 * attributes, for one that no type has.
 * @throws `invalidValue` for another `sortOrder`, a complex attribute without `value`, a secret, and in the strict profile
 *   an attribute of no type
 */
export function parseSort(
  { sortBy, sortOrder = 'ascending' }: SortParameters,
  resourceType: ResourceType,
  profile: Profile,
  options: { alsoKnown?: readonly ResourceType[] } = {},
): Sort | undefined {
  const descending = descendingOf.get(sortOrder.toLowerCase())
  if (descending === undefined) throw new MusterError('invalidValue', 'sortOrder must be ascending or descending')
  if (sortBy === undefined) return undefined
  const attribute = attributeOf(resourceType, sortBy, profile)
  if (attribute) return { attribute, descending }
  const isKnown = options.alsoKnown?.some((type) => attributeOf(type, sortBy, profile) !== undefined)
  if (isKnown || profile.ignoreUnknownAttributes) return undefined
  throw new MusterError('invalidValue', `sortBy names ${shownName(sortBy)}, which is not known`)
}

function attributeOf(resourceType: ResourceType, name: string, profile: Profile): AttributePath | undefined {
  const path = resolveAttribute(resourceType, name, profile)
  if (path?.kind !== 'attribute') return undefined
  if (isSecret(path.attribute)) throw new MusterError('invalidValue', `sortBy names ${shownName(name)}, a secret`)
  if (path.subAttribute || path.attribute.type !== 'complex') return path
  const subAttribute = findAttribute(path.attribute.subAttributes, 'value')
  if (subAttribute) return { ...path, subAttribute }
  throw new MusterError('invalidValue', `sortBy ${shownName(pathName(path))} needs a sub-attribute`)
}
