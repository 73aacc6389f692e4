import { MusterError } from '@muster/runtime/errors'
import { isObject, type Json } from '../json.ts'
import { type Attribute, isSecret } from '../schema/attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { storedAttributes, type Values } from './document.ts'

/**
 * Required attributes have values (RFC 7643 §2.2): those of the core schema always, those of an extension as soon as a
 * resource has anything of it, sub-attributes in every value of their attribute.
 * @param isConcerned narrows the check to what a request wrote, so that nobody pays for what a schema says only now
 * @throws `invalidValue` naming the attribute
 */
export function checkRequired(
  resourceType: ResourceType,
  values: Values,
  isConcerned: (key: string, extension: string | undefined) => boolean = () => true,
): void {
  const present = new Set<string | undefined>([undefined])
  const stored = storedAttributes(resourceType).filter(({ key, extension }) => isConcerned(key, extension))
  for (const { key, extension } of stored) if (values.has(key)) present.add(extension)
  for (const { key, extension, attribute } of stored) {
    if (attribute.required && present.has(extension)) requireValue(key, values.get(key))
    checkParts(attribute, values.get(key), key)
  }
}

/** A required attribute has a value that is more than white space (RFC 7643 §4.1.1). @throws `invalidValue` */
export function requireValue(key: string, value: Json | undefined): void {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
    throw new MusterError('invalidValue', `${key} is required`)
  }
}

function checkParts({ subAttributes }: Attribute, value: Json | undefined, key: string): void {
  const required = subAttributes.filter((part) => part.required && part.mutability !== 'readOnly' && !isSecret(part))
  if (required.length === 0 || value === undefined) return
  for (const element of Array.isArray(value) ? value : [value]) {
    for (const { name } of required) requireValue(`${key}.${name}`, isObject(element) ? element[name] : undefined)
  }
}
