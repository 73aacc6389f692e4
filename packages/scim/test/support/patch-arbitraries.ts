import { type Attribute, attributeKey, type ResourceType } from '@muster/scim'
import fc from 'fast-check'
import type { MemberOperation } from './member-oracle.ts'
import type { Condition } from './oracle-conditions.ts'
import type { OracleOperation, Target } from './patch-oracle.ts'

/** One operation in two forms: as it is sent, and taken apart for the oracle. */
export interface TwofoldOperation {
  sent: { op: string; path?: string; value?: unknown }
  meant: OracleOperation
}

interface Place {
  extension: string | undefined
  attribute: Attribute
}

/** Few values, so that they meet again; with the ones that are nearly right. */
const simpleValues: Record<string, readonly unknown[]> = {
  string: ['a', 'A', 'b', 'work', 'Work', 'x y', 'home', 'a', 'b', 'work', ' ', ''],
  boolean: [true, true, true, true, false, false, 'True', 'no'],
  integer: [1, 2, 1, 2, 1, 1.5],
  decimal: [0.5, 2, 0.5, 2, '1'],
  dateTime: ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-03-01T12:00:00.25Z', 'yesterday'],
  binary: ['QUJD', 'QQ==', 'QQ', 'QUI', 'Q', 'Q='],
  reference: ['https://x.test/a', '../b', 'a b'],
}

function simpleValue({ type }: Attribute): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...(simpleValues[type] ?? [])) },
    { weight: 1, arbitrary: fc.constantFrom(null, 7, {}, [], '') },
  )
}

function oneValue(attribute: Attribute): fc.Arbitrary<unknown> {
  if (attribute.type !== 'complex') return simpleValue(attribute)
  const parts = Object.fromEntries(attribute.subAttributes.map((sub) => [sub.name, anyValue(sub)]))
  const value = fc.record({ ...parts, nope: fc.constant(1) }, { requiredKeys: [] })
  const known = value.map(({ nope: _, ...rest }) => rest)
  return fc.oneof(
    { weight: 30, arbitrary: known },
    { weight: 1, arbitrary: value },
    { weight: 2, arbitrary: fc.constantFrom(null, 'a', 7, '', {}) },
  )
}

/** A value that a client might give an attribute, mostly of its type. */
function anyValue(attribute: Attribute): fc.Arbitrary<unknown> {
  const one = oneValue(attribute)
  if (!attribute.multiValued)
    return fc.oneof({ weight: 15, arbitrary: one }, { weight: 1, arbitrary: one.map((x) => [x]) })
  return fc.oneof(
    { weight: 10, arbitrary: fc.array(one, { maxLength: 3 }) },
    { weight: 2, arbitrary: one },
    { weight: 1, arbitrary: fc.constantFrom(null, []) },
  )
}

function condition(attribute: Attribute): fc.Arbitrary<Condition> {
  const parts =
    attribute.type === 'complex'
      ? attribute.subAttributes.filter((sub) => sub.returned !== 'never')
      : [{ ...attribute, name: 'value' }]
  const term = fc.constantFrom(...parts).chain((part): fc.Arbitrary<Condition> => {
    const literals =
      part.type === 'boolean' ? [true, false] : part.type === 'integer' ? [1, 2] : ['a', 'A', 'work', 'home', '']
    const operators = part.type === 'string' ? (['eq', 'eq', 'ne', 'co'] as const) : (['eq', 'ne'] as const)
    const compared = fc.record({
      is: fc.constantFrom(...operators),
      part: fc.constant(part.name),
      literal: fc.constantFrom<string | boolean | number>(...literals),
    })
    return fc.oneof(
      { weight: 6, arbitrary: compared },
      { weight: 1, arbitrary: fc.constant<Condition>({ is: 'pr', part: part.name }) },
    )
  })
  const several = fc.array(term, { minLength: 2, maxLength: 3 })
  return fc.oneof(
    { weight: 6, arbitrary: term },
    { weight: 2, arbitrary: several.map((terms): Condition => ({ is: 'and', terms })) },
    { weight: 1, arbitrary: several.map((terms): Condition => ({ is: 'or', terms })) },
    { weight: 1, arbitrary: term.map((inner): Condition => ({ is: 'not', term: inner })) },
  )
}

function target({ extension, attribute }: Place): fc.Arbitrary<Target> {
  const bare = { extension, attribute: attribute.name }
  const part = fc.option(fc.constantFrom(...attribute.subAttributes.map(({ name }) => name), 'x'), { nil: undefined })
  const known = part.map((name) => (name === 'x' ? undefined : name))
  const where = attribute.multiValued ? fc.option(condition(attribute), { nil: undefined }) : fc.constant(undefined)
  return fc.tuple(where, known).map(([filter, name]) => ({ ...bare, where: filter, part: name }))
}

/** Operations with a path on any attribute of the type, and without one on several. */
export function operationOn(type: ResourceType, isTolerant: boolean): fc.Arbitrary<TwofoldOperation> {
  const places = placesOf(type)
  const place = fc.constantFrom(...places)
  const op = fc.constantFrom('add', 'replace', 'remove', 'replace', 'add')
  const casing = fc.nat(7)
  const withPath = fc.tuple(place, op, casing).chain(([where, name, how]) =>
    fc.tuple(target(where), fc.boolean()).chain(([aim, hasValue]) => {
      const part = where.attribute.subAttributes.find((sub) => sub.name === aim.part)
      const single = part ?? (aim.where ? { ...where.attribute, multiValued: false } : where.attribute)
      return anyValue(single).map((value): TwofoldOperation => {
        const given = name === 'remove' && !hasValue ? {} : { value }
        const path = printPath(aim, type, how)
        return {
          sent: { op: isTolerant && how % 2 === 1 ? capital(name) : name, path, ...given },
          meant: { op: name as OracleOperation['op'], target: aim, value: given.value },
        }
      })
    }),
  )
  const members = fc.array(
    place.chain((where) => member(where, type).map(([key, value]) => [key, value] as const)),
    { maxLength: 3 },
  )
  const withoutPath = fc.tuple(op, members).map(([name, entries]): TwofoldOperation => {
    const value = Object.fromEntries(entries)
    return { sent: { op: name, value }, meant: { op: name as OracleOperation['op'], target: undefined, value } }
  })
  return fc.oneof({ weight: 4, arbitrary: withPath }, { weight: 1, arbitrary: withoutPath })
}

/** One key of a value: a name, a name with URN, a dotted name, a container; what is no attribute at all as well. */
function member({ extension, attribute }: Place, type: ResourceType): fc.Arbitrary<[string, unknown]> {
  const key = attributeKey(extension, attribute)
  const [part] = attribute.subAttributes
  const own = anyValue(attribute)
  const forms: fc.Arbitrary<[string, unknown]>[] = [
    own.map((value) => [key, value]),
    own.map((value) => [extension === undefined ? `${type.schema.id}:${key}` : key, value]),
    fc.constant(['nope', 1]),
  ]
  if (part && !attribute.multiValued) forms.push(anyValue(part).map((value) => [`${key}.${part.name}`, value]))
  if (extension !== undefined) {
    forms.push(own.map((value) => [extension, { [attribute.name]: value }]))
    forms.push(fc.constantFrom<[string, unknown]>([extension, null], [extension, 'x'], [extension, {}]))
  }
  return fc.oneof(...forms)
}

function placesOf(type: ResourceType): Place[] {
  const core = type.schema.attributes
    .filter(({ name }) => !type.storedApart.includes(name))
    .map((attribute) => ({ extension: undefined, attribute }))
  const own = type.extensions.flatMap(({ id, attributes }) =>
    attributes.map((attribute) => ({ extension: id, attribute })),
  )
  // Half of the operations meet the same few attributes.
  const busy = core.filter(({ attribute }) => ['emails', 'name', 'roles', 'active'].includes(attribute.name))
  return [...core, ...own, ...own, ...busy, ...busy, ...busy]
}

function printPath(aim: Target, type: ResourceType, how: number): string {
  const urn = aim.extension ?? (how % 3 === 1 ? type.schema.id : undefined)
  const name = how >= 4 ? aim.attribute.toUpperCase() : aim.attribute
  const filter = aim.where ? `[${printCondition(aim.where)}]` : ''
  const part = aim.part === undefined ? '' : `.${how >= 4 ? aim.part.toUpperCase() : aim.part}`
  return `${urn === undefined ? '' : `${how >= 6 ? urn.toLowerCase() : urn}:`}${name}${filter}${part}`
}

export function printCondition(where: Condition): string {
  if (where.is === 'not') return `not (${printCondition(where.term)})`
  if (where.is === 'and' || where.is === 'or') {
    return where.terms.map((term) => `(${printCondition(term)})`).join(` ${where.is} `)
  }
  return where.is === 'pr' ? `${where.part} pr` : `${where.part} ${where.is} ${JSON.stringify(where.literal)}`
}

function capital(op: string): string {
  return op.charAt(0).toUpperCase() + op.slice(1)
}

/** An operation on the members of a group, in two forms. */
export interface TwofoldMemberOperation {
  sent: { op: string; path?: string; value?: unknown }
  meant: MemberOperation
}

const memberId = fc.constantFrom('u1', 'u2', 'u3', 'u4', 'g1', 'g2')

/** Operations on members: as identity providers write them and as they might. */
export function memberOperation(isTolerant: boolean): fc.Arbitrary<TwofoldMemberOperation> {
  const object = memberId.map((value) => ({ value, $ref: null, display: 'x' }))
  const list = fc.array(fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: memberId }), {
    maxLength: 3,
  })
  const value = fc.oneof(
    { weight: 8, arbitrary: list },
    { weight: 1, arbitrary: object },
    { weight: 1, arbitrary: fc.constantFrom(null, '', 7, [{ display: 'x' }]) },
  )
  const op = fc.constantFrom('add' as const, 'remove' as const, 'replace' as const)
  const form = fc.constantFrom('path', 'path', 'filter', 'filter', 'key', 'wrapped')
  return fc.tuple(op, form, value, memberCondition(), fc.boolean()).map(([name, how, given, where, hasValue]) => {
    const filter = how === 'filter' ? where : undefined
    const isBare = name === 'remove' && how !== 'key' && how !== 'wrapped' && !hasValue
    const meant = { op: name, where: filter, value: isBare ? undefined : given }
    if (how === 'key' && (name !== 'remove' || isTolerant))
      return { sent: { op: name, value: { members: given } }, meant }
    const path = filter ? `members[${printCondition(filter)}]` : 'members'
    // Ping wraps the list once more.
    const sentValue = how === 'wrapped' && isTolerant ? { members: given } : given
    return { sent: { op: name, path, ...(isBare ? {} : { value: sentValue }) }, meant }
  })
}

function memberCondition(): fc.Arbitrary<Condition> {
  const term: fc.Arbitrary<Condition> = fc.oneof(
    { weight: 6, arbitrary: memberId.map((literal): Condition => ({ is: 'eq', part: 'value', literal })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('user', 'Group').map((literal): Condition => ({ is: 'eq', part: 'type', literal })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('u', '1').map((literal): Condition => ({ is: 'co', part: 'value', literal })),
    },
    { weight: 1, arbitrary: memberId.map((literal): Condition => ({ is: 'ne', part: 'value', literal })) },
  )
  const several = fc.array(term, { minLength: 2, maxLength: 3 })
  return fc.oneof(
    { weight: 4, arbitrary: term },
    { weight: 3, arbitrary: several.map((terms): Condition => ({ is: 'or', terms })) },
    { weight: 1, arbitrary: several.map((terms): Condition => ({ is: 'and', terms })) },
    { weight: 1, arbitrary: term.map((inner): Condition => ({ is: 'not', term: inner })) },
  )
}
