import { type Attribute, isSecret } from '../attribute.ts'
import { findAttribute } from '../find-attribute.ts'
import type { ExtensionSchema } from '../resource-types.ts'

/** Characteristics that decide how a value is stored and compared. */
const decisive = ['type', 'multiValued', 'caseExact'] as const

/**
 * What stored values of an extension would not survive when its schema is replaced, each as half a sentence
 * (`removes shoeSize`). Attributes that are added without being required, descriptions and suggestions are no such
 * change.
 */
export function breakingChanges(before: ExtensionSchema, after: ExtensionSchema): string[] {
  const moved = before.resourceType === after.resourceType ? [] : [`moves to ${after.resourceType}`]
  return [...moved, ...changesOf(before.schema.attributes, after.schema.attributes, '')]
}

function changesOf(before: readonly Attribute[], after: readonly Attribute[], prefix: string): string[] {
  const required = after
    .filter((next) => next.required && !findAttribute(before, next.name)?.required)
    .map((next) => `requires ${prefix}${next.name}`)
  return [...before.flatMap((old) => changeOf(old, after, prefix)), ...required]
}

function changeOf(old: Attribute, after: readonly Attribute[], prefix: string): string[] {
  const name = `${prefix}${old.name}`
  const next = findAttribute(after, old.name)
  if (next === undefined) return [`removes ${name}`]
  // The name is the key under which values are stored.
  if (next.name !== old.name) return [`renames ${name}`]
  return [
    ...decisive.filter((each) => next[each] !== old[each]).map((each) => `changes ${each} of ${name}`),
    ...(isKept(old) && !isKept(next) ? [`keeps no values of ${name} any more`] : []),
    ...changesOf(old.subAttributes, next.subAttributes, `${name}.`),
  ]
}

/** Whether values that clients send are stored at all. */
function isKept(attribute: Attribute): boolean {
  return attribute.mutability !== 'readOnly' && !isSecret(attribute)
}
