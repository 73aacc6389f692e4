import { MusterError } from '@muster/runtime/errors'
import { elementMatcher } from '../filter/matches-filter.ts'
import { isObject, type Json } from '../json.ts'
import { keepImmutable, mergeComplex } from '../resource/complex-value.ts'
import { addElements, checkElements, isPrimary } from '../resource/elements.ts'
import type { Attribute } from '../schema/attribute.ts'
import { resembles } from './element-identity.ts'
import type { Change, Step } from './step.ts'

type Apply<Kind extends Change['kind']> = (
  current: Json | undefined,
  change: Extract<Change, { kind: Kind }>,
  step: Step,
) => Json | undefined

/** One way for each kind of change; none touches the value it is given. */
const applications: { [Kind in Change['kind']]: Apply<Kind> } = {
  assign: (_current, { value }) => value,
  merge: (current, { parts }, { attribute }) => mergeComplex(attribute, isObject(current) ? current : undefined, parts),
  append: applyAppend,
  mergeWhere: applyMergeWhere,
  removeWhere: (current, { filter }) => {
    const isRemoved = elementMatcher(filter)
    return assigned(elementsOf(current).filter((element) => !isRemoved(element)))
  },
  removeValues: (current, { values }, { attribute }) => {
    const isRemoved = resembles(attribute, values)
    return assigned(elementsOf(current).filter((element) => !isRemoved(element)))
  },
}

/**
 * The value of an attribute after a step; undefined when it has none.
 * @throws `noTarget` when the step needs an element that is not there, `invalidValue` for two primary elements
 */
export function applyChange(current: Json | undefined, step: Step): Json | undefined {
  // The table is indexed by the kind of the change it is given, which TypeScript cannot follow.
  const apply = applications[step.change.kind] as Apply<Change['kind']>
  return apply(current, step.change, step)
}

/** Elements that are the same but for their details are merged, so that adding again changes nothing. */
function applyAppend(
  current: Json | undefined,
  { elements }: Extract<Change, { kind: 'append' }>,
  { key, attribute }: Step,
): Json | undefined {
  const result = [...elementsOf(current)]
  const places = new Map(result.map((element, place) => [elementIdentity(element), place]))
  const touched = new Set<number>()
  for (const element of elements) {
    const identity = elementIdentity(element)
    const place = places.get(identity) ?? result.length
    places.set(identity, place)
    result[place] = mergeElement(attribute, result[place], element) ?? element
    touched.add(place)
  }
  return assigned(settlePrimary(result, touched, key))
}

function applyMergeWhere(
  current: Json | undefined,
  { filter, parts, miss }: Extract<Change, { kind: 'mergeWhere' }>,
  { key, attribute, at }: Step,
): Json | undefined {
  const result: Json[] = []
  const touched = new Set<number>()
  const isSelected = filter ? elementMatcher(filter) : () => true
  let matched = false
  for (const element of elementsOf(current)) {
    const matches = isSelected(element)
    const next = matches ? mergeComplex(attribute, isObject(element) ? element : undefined, parts) : element
    if (matches && next !== undefined) touched.add(result.length)
    if (next !== undefined) result.push(next)
    matched ||= matches
  }
  if (!matched) {
    if (miss.kind === 'ignore') return current
    if (miss.kind === 'fail') throw new MusterError('noTarget', `${at} selects no element of ${key}`)
    const created = mergeComplex(attribute, undefined, new Map([...miss.seed, ...parts]))
    if (created) touched.add(result.push(created) - 1)
  }
  return assigned(settlePrimary(result, touched, key))
}

/** A value that becomes primary takes that from the others (RFC 7644 §3.5.2). */
function settlePrimary(elements: Json[], touched: ReadonlySet<number>, key: string): Json[] {
  const claims = elements.some((element, place) => touched.has(place) && isPrimary(element))
  const settled = claims
    ? elements.map((element, place) =>
        isPrimary(element) && !touched.has(place) ? { ...element, primary: false } : element,
      )
    : elements
  return checkElements(settled, key)
}

function mergeElement(attribute: Attribute, current: Json | undefined, element: Json): Json | undefined {
  if (!isObject(current) || !isObject(element)) return element
  return mergeComplex(attribute, current, new Map(Object.entries(element)))
}

function elementsOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function assigned(elements: Json[]): Json | undefined {
  return elements.length > 0 ? elements : undefined
}
