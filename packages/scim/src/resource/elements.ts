import { MusterError } from '@muster/runtime/errors'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { mergeComplex } from './complex-value.ts'
import { elementIdentity, identifies } from './value-key.ts'

/** The most elements a multi-valued attribute of a document may have. */
const maxElementsPerAttribute = 500

/** Whether an element is marked as the preferred one. */
export function isPrimary(element: Json): element is JsonObject {
  return isObject(element) && element.primary === true
}

/**
 * Adds elements to a list, each at most once (RFC 7643 §2.4: no type and value twice): one that is there already gets
 * the details of the new one and keeps its own spelling.
 * @returns the places that were added or met again
 */
export function addElements(attribute: Attribute, list: Json[], elements: readonly Json[], at: string): Set<number> {
  const places = new Map(list.map((element, place) => [elementIdentity(attribute, element), place]))
  const touched = new Set<number>()
  for (const element of elements) {
    const identity = elementIdentity(attribute, element)
    const place = places.get(identity) ?? list.length
    places.set(identity, place)
    const known = list[place]
    list[place] = known === undefined ? element : withDetails(attribute, known, element, at)
    touched.add(place)
  }
  return touched
}

/** At most one primary element (RFC 7643 §2.4), not too many elements. @throws `invalidValue` */
export function checkElements(elements: Json[], at: string): Json[] {
  if (elements.length > maxElementsPerAttribute) {
    throw new MusterError('invalidValue', `${at} has more than ${maxElementsPerAttribute} values`)
  }
  if (elements.filter(isPrimary).length > 1) {
    throw new MusterError('invalidValue', `${at} has more than one primary value`)
  }
  return elements
}

function withDetails(attribute: Attribute, known: Json, element: Json, at: string): Json {
  if (!isObject(known) || !isObject(element)) return known
  const details = Object.entries(element).filter(([name]) => !identifies(name))
  return mergeComplex(attribute, known, new Map(details), at) ?? known
}
