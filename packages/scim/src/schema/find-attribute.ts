import type { Attribute } from './attribute.ts'

const indexes = new WeakMap<readonly Attribute[], Map<string, Attribute>>()

/** Finds an attribute by its name in any case (RFC 7643 §2.1); a map, so that no name reaches a prototype. */
export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return indexOf(attributes).get(name.toLowerCase())
}

function indexOf(attributes: readonly Attribute[]): Map<string, Attribute> {
  const known = indexes.get(attributes)
  if (known) return known
  const index = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))
  indexes.set(attributes, index)
  return index
}
