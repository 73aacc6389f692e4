import type { Attribute } from '../schema/attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { Selection } from './selection.ts'

const hidingTypes = new WeakMap<ResourceType, boolean>()

/**
 * Whether an answer with this selection shows a stored document just as it is, so that its text can be sent without
 * being parsed. Not when a registered extension has an attribute that answers hide by default (RFC 7643 §7 `returned`).
 */
export function showsDocument(selection: Selection, resourceType: ResourceType): boolean {
  return selection.kind === 'default' && !hidesSomething(resourceType)
}

function hidesSomething(resourceType: ResourceType): boolean {
  const known = hidingTypes.get(resourceType)
  if (known !== undefined) return known
  const hides = resourceType.extensions.some(({ attributes }) => attributes.some(isHidden))
  hidingTypes.set(resourceType, hides)
  return hides
}

/** One that is never returned is not stored either, except where it was before it became so. */
function isHidden({ returned }: Attribute): boolean {
  return returned === 'request' || returned === 'never'
}
