import type { AttributePath, Filter } from '@muster/scim'
import { literalFor } from './value-kinds.ts'

/**
 * The value that every element must have to meet a filter, in the form in which it is compared: `x` for
 * `type eq "work" and value eq "x"`. Undefined when elements with different values may meet it.
 */
export function valueNamedBy(filter: Filter): string | undefined {
  if (filter.kind === 'and') {
    return filter.terms.map(valueNamedBy).find((value) => value !== undefined)
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || !isValue(filter.attribute)) return undefined
  const literal = literalFor(filter.attribute.subAttribute ?? filter.attribute.attribute, filter.value)
  return typeof literal === 'string' && literal !== '' ? literal : undefined
}

function isValue({ subAttribute }: AttributePath): boolean {
  return subAttribute?.name === 'value'
}
