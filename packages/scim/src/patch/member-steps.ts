import { MusterError } from '@muster/runtime/errors'
import { isObject } from '../json.ts'
import type { Profile } from '../profile.ts'
import { memberIds } from '../resource/member-ids.ts'
import type { TargetedOperation } from './expand-operations.ts'
import { idsNamedBy, type MemberFilter, memberFilter } from './member-filter.ts'

/** What happens to the members of a group, in terms that need no look at who they are. */
export type MemberStep =
  | { readonly kind: 'add' | 'remove' | 'replace'; readonly ids: string[] }
  | { readonly kind: 'removeWhere'; readonly filter: MemberFilter }

/**
 * The steps that one operation on `members` stands for.
 * @throws `invalidValue`, `invalidFilter`; `mutability` for a detail of a member, which follows from its id
 */
export function memberSteps(operation: TargetedOperation, profile: Profile): MemberStep[] {
  const { op, path, at } = operation
  const value = unwrapMembers(operation.value, profile)
  // `value` is the member itself; everything else about it follows from whom it names.
  if (path.subAttribute && !(path.subAttribute.name === 'value' && (op === 'remove' || !path.filter))) {
    throw new MusterError('mutability', `${at} changes a detail of a member; add or remove members instead`)
  }
  if (path.filter) {
    const filter = memberFilter(path.filter)
    return op === 'remove' ? [removal(filter)] : writeWhere(op, filter, value, { at, profile })
  }
  if (op !== 'remove') return [{ kind: op, ids: memberIds(value, profile) }]
  // Without a value everybody goes; with one, even an empty one, only those it names.
  if (value === undefined || value === null) return [{ kind: 'replace', ids: [] }]
  if (!profile.removeWithValue) throw new MusterError('invalidValue', `${at} is a remove and takes no value`)
  return [{ kind: 'remove', ids: memberIds(value, profile) }]
}

/**
 * Joins neighbours that add, and neighbours that remove, into one step each; steps that do nothing are left out.
 * Order is kept, and with it the meaning.
 */
export function coalesce(steps: readonly MemberStep[]): MemberStep[] {
  const runs: { step: MemberStep; ids: Set<string> }[] = []
  for (const step of steps.filter(doesSomething)) {
    const last = runs.at(-1)
    const ids = step.kind === 'removeWhere' ? [] : step.ids
    if (last?.step.kind === step.kind && (step.kind === 'add' || step.kind === 'remove')) {
      for (const id of ids) last.ids.add(id)
    } else runs.push({ step, ids: new Set(ids) })
  }
  return runs.map(({ step, ids }) => (step.kind === 'removeWhere' ? step : { kind: step.kind, ids: [...ids] }))
}

function doesSomething(step: MemberStep): boolean {
  return step.kind === 'removeWhere' || step.kind === 'replace' || step.ids.length > 0
}

/**
 * Add or replace on `members[…]`: with a value the selected members make way for it (add: are joined by it); without
 * one, the ids that the filter names are meant.
 */
function writeWhere(
  op: 'add' | 'replace',
  filter: MemberFilter,
  value: unknown,
  { at, profile }: { at: string; profile: Profile },
): MemberStep[] {
  const given = value === undefined || value === null ? undefined : memberIds(value, profile)
  const named = idsNamedBy(filter)
  if (op === 'add') {
    const ids = given ?? named
    if (!ids) throw new MusterError('noTarget', `${at} adds members without naming any`)
    return [{ kind: 'add', ids }]
  }
  if (!given || given.length === 0) return [removal(filter)]
  if (named?.length === given.length && named.every((id) => given.includes(id))) return [{ kind: 'add', ids: given }]
  return [removal(filter), { kind: 'add', ids: given }]
}

function removal(filter: MemberFilter): MemberStep {
  const ids = idsNamedBy(filter)
  return ids ? { kind: 'remove', ids: [...new Set(ids)] } : { kind: 'removeWhere', filter }
}

/** Ping and UnboundID clients wrap the list once more: `{ members: [ … ] }`. */
function unwrapMembers(value: unknown, profile: Profile): unknown {
  if (!profile.removeWithValue || !isObject(value)) return value
  const [name, ...others] = Object.keys(value)
  return name?.toLowerCase() === 'members' && others.length === 0 ? value[name] : value
}
