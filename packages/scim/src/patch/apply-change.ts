import { MusterError } from '@muster/runtime/errors'
import type { Filter } from '../filter/filter.ts'
import { elementMatcher } from '../filter/matches-filter.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { keepImmutable, mergeComplex, type Parts } from '../resource/complex-value.ts'
import { addElements, checkElements, isPrimary } from '../resource/elements.ts'
import type { Attribute } from '../schema/attribute.ts'
import { resembles } from './resembles.ts'
import type { Change, Step } from './step.ts'

type Apply<Kind extends Change['kind']> = (
  current: Json | undefined,
  change: Extract<Change, { kind: Kind }>,
  step: Step,
) => Json | undefined

/** One way for each kind of change; none touches the value it is given. */
const applications: { [Kind in Change['kind']]: Apply<Kind> } = {
  assign: (_current, { value }) => value,
  merge: (current, change, { key, attribute }) => mergeParts(attribute, current, change, key),
  append: applyAppend,
  mergeWhere: applyMergeWhere,
  removeWhere: (current, { filter }) => without(current, selects(filter)),
  removeValues: (current, { values }, { attribute }) => without(current, resembles(attribute, values)),
}

/**
 * The value of an attribute after a step; undefined when it has none.
 * @throws `noTarget` when the step needs an element that is not there, `invalidValue` for two primary elements,
 *   `mutability` when an immutable value or sub-attribute that is set would change, or a required attribute go
 */
export function applyChange(current: Json | undefined, step: Step): Json | undefined {
  const { attribute, change, key, at } = step
  // The table is indexed by the kind of the change it is given, which TypeScript cannot follow.
  const apply = applications[change.kind] as Apply<Change['kind']>
  return keepImmutable(attribute, current, apply(current, change, step), `${at}: ${key}`)
}

/** Elements that are the same but for their details are merged, so that adding again changes nothing. */
function applyAppend(
  current: Json | undefined,
  { elements }: Extract<Change, { kind: 'append' }>,
  { key, attribute }: Step,
): Json | undefined {
  const result = [...elementsOf(current)]
  const touched = addElements(attribute, result, elements, key)
  return assigned(checkElements(settlePrimary(result, touched), key))
}

function applyMergeWhere(
  current: Json | undefined,
  change: Extract<Change, { kind: 'mergeWhere' }>,
  { key, attribute, at }: Step,
): Json | undefined {
  const { filter, parts, miss } = change
  const result: Json[] = []
  const touched = new Set<number>()
  const isSelected = selects(filter)
  let matched = false
  for (const element of elementsOf(current)) {
    const matches = isSelected(element)
    const next = matches ? mergeParts(attribute, element, change, key) : element
    if (matches && next !== undefined) touched.add(result.length)
    if (next !== undefined) result.push(next)
    matched ||= matches
  }
  if (!matched) {
    if (miss.kind === 'ignore') return current
    if (miss.kind === 'fail') throw new MusterError('noTarget', `${at} selects no element of ${key}`)
    const created = mergeParts(attribute, undefined, { parts: new Map([...miss.seed, ...parts]), adds: false }, key)
    if (created !== undefined) touched.add(result.push(created) - 1)
  }
  const distinct: Json[] = []
  addElements(attribute, distinct, settlePrimary(result, touched), key)
  return assigned(checkElements(distinct, key))
}

/** A value that becomes primary takes that from the others (RFC 7644 §3.5.2). */
function settlePrimary(elements: Json[], touched: ReadonlySet<number>): Json[] {
  const claims = elements.some((element, place) => touched.has(place) && isPrimary(element))
  if (!claims) return elements
  return elements.map((element, place) =>
    isPrimary(element) && !touched.has(place) ? { ...element, primary: false } : element,
  )
}

/** An element of a simple attribute is all `value`. */
function mergeParts(
  attribute: Attribute,
  current: Json | undefined,
  { parts, adds }: { parts: Parts; adds: boolean },
  key: string,
): Json | undefined {
  if (attribute.type !== 'complex') return parts.get('value')
  const element = isObject(current) ? current : undefined
  return mergeComplex(attribute, element, adds ? joined(attribute, element, parts, key) : parts, key)
}

/** The parts with lists that hold what the element has and what is added to it. */
function joined(attribute: Attribute, element: JsonObject | undefined, parts: Parts, key: string): Parts {
  const result = new Map(parts)
  for (const subAttribute of attribute.subAttributes.filter(({ multiValued }) => multiValued)) {
    const { name } = subAttribute
    if (!parts.has(name)) continue
    const list = [...elementsOf(element?.[name])]
    addElements(subAttribute, list, elementsOf(parts.get(name)), `${key}.${name}`)
    result.set(name, assigned(checkElements(list, `${key}.${name}`)))
  }
  return result
}

function selects(filter: Filter | undefined): (element: Json) => boolean {
  if (!filter) return () => true
  const matches = elementMatcher(filter)
  return (element) => matches(isObject(element) ? element : { value: element })
}

function without(current: Json | undefined, isRemoved: (element: Json) => boolean): Json | undefined {
  return assigned(elementsOf(current).filter((element) => !isRemoved(element)))
}

function elementsOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function assigned(elements: Json[]): Json | undefined {
  return elements.length > 0 ? elements : undefined
}
