import type { Attribute } from '../attribute.ts'
import { findAttribute } from '../find-attribute.ts'
import type { ExtensionSchema } from '../resource-types.ts'

/** Characteristics that decide how a value is stored and compared. */
const decisive = ['type', 'multiValued', 'caseExact'] as const

/**
 * What stored values of an extension would not survive when its schema is replaced, each as half a sentence
 * (`removes shoeSize`). Attributes that are added, descriptions and suggestions are no such change.
 */
export function breakingChanges(before: ExtensionSchema, after: ExtensionSchema): string[] {
  const moved = before.resourceType === after.resourceType ? [] : [`moves to ${after.resourceType}`]
  return [...moved, ...changesOf(before.schema.attributes, after.schema.attributes, '')]
}

function changesOf(before: readonly Attribute[], after: readonly Attribute[], prefix: string): string[] {
  return before.flatMap((old) => {
    const name = `${prefix}${old.name}`
    const next = findAttribute(after, old.name)
    if (next === undefined) return [`removes ${name}`]
    // The name is the key under which values are stored.
    if (next.name !== old.name) return [`renames ${name}`]
    return [
      ...decisive
        .filter((characteristic) => next[characteristic] !== old[characteristic])
        .map((c) => `changes ${c} of ${name}`),
      ...(isKept(old) && !isKept(next) ? [`keeps no values of ${name} any more`] : []),
      ...changesOf(old.subAttributes, next.subAttributes, `${name}.`),
    ]
  })
}

/** Whether values that clients send are stored at all. */
function isKept({ mutability, returned }: Attribute): boolean {
  return mutability !== 'readOnly' && returned !== 'never'
}
