import type { MemberFilter, MemberStep } from '@muster/scim'
import type { Condition } from './oracle-conditions.ts'
import { Refusal } from './oracle-json.ts'

/** An operation on `members`, taken apart. */
export interface MemberOperation {
  op: 'add' | 'remove' | 'replace'
  where: Condition | undefined
  value: unknown
}

/** Ids in tests say what they are the id of: `g…` are groups. */
export const typeOfMember = (id: string) => (id.startsWith('g') ? 'Group' : 'User')

/** RFC 7644 §3.5.2 for the members of a group, one member at a time. @throws Refusal */
export function patchMembersByTheBook(
  current: readonly string[],
  operations: readonly MemberOperation[],
  tolerant: boolean,
): string[] {
  let members = [...current]
  for (const { op, where, value } of operations) {
    // Only its filter says whom a remove means, when it has one.
    const isIgnored = value === undefined || value === null || (op === 'remove' && where !== undefined)
    const given = isIgnored ? undefined : idsIn(value, tolerant)
    const others = where ? members.filter((id) => !holds(where, id)) : []
    if (op === 'remove') {
      if (where || given === undefined) members = others
      else if (tolerant) members = members.filter((id) => !given.includes(id))
      else throw new Refusal('invalidValue')
      continue
    }
    const added = given ?? (op === 'add' && where ? namedBy(where) : [])
    if (!added) throw new Refusal('noTarget')
    if (op === 'replace') members = others
    for (const id of added) if (!members.includes(id)) members.push(id)
  }
  return members
}

/** What the steps of a plan do, one after the other. */
export function runMemberSteps(current: readonly string[], steps: readonly MemberStep[]): string[] {
  let members = [...current]
  for (const step of steps) {
    if (step.kind === 'removeWhere') members = members.filter((id) => !matches(step.filter, id))
    else if (step.kind === 'remove') members = members.filter((id) => !step.ids.includes(id))
    else if (step.kind === 'replace') members = [...step.ids]
    else members = [...members, ...step.ids.filter((id) => !members.includes(id))]
  }
  return members
}

function idsIn(value: unknown, tolerant: boolean): string[] {
  if (value === '' && tolerant) return []
  if (!Array.isArray(value) && !tolerant) throw new Refusal('invalidValue')
  return [value].flat().map((member) => {
    const id: unknown = typeof member === 'object' && member !== null ? (member as { value?: unknown }).value : member
    if (typeof id !== 'string' || id === '' || (typeof member === 'string' && !tolerant)) {
      throw new Refusal('invalidValue')
    }
    return id
  })
}

/** Members can be added by a filter that names them one by one. */
function namedBy(where: Condition): string[] | undefined {
  if (where.is === 'eq') return where.part === 'value' ? [String(where.literal)] : undefined
  if (where.is !== 'or') return undefined
  const named = where.terms.map(namedBy)
  return named.some((ids) => ids === undefined) ? undefined : named.flatMap((ids) => ids ?? [])
}

function holds(where: Condition, id: string): boolean {
  if (where.is === 'not') return !holds(where.term, id)
  if (where.is === 'and') return where.terms.every((term) => holds(term, id))
  if (where.is === 'or') return where.terms.some((term) => holds(term, id))
  if (where.is === 'pr') return true
  const [part, literal] =
    where.part === 'type'
      ? [typeOfMember(id).toLowerCase(), String(where.literal).toLowerCase()]
      : [id, String(where.literal)]
  return where.is === 'co' ? part.includes(literal) : (part === literal) === (where.is === 'eq')
}

function matches(filter: MemberFilter, id: string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => matches(term, id))
    case 'or':
      return filter.terms.some((term) => matches(term, id))
    case 'not':
      return !matches(filter.term, id)
    case 'present':
      return true
    case 'compare':
      return holds({ is: filter.operator as 'eq' | 'ne' | 'co', part: filter.field, literal: filter.value }, id)
  }
}
