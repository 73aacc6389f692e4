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
  if (path.subAttribute && !(path.subAttribute.name === 'value' && (op === 'remove' || !path.filter))) {
    throw new MusterError('mutability', `${at} changes a detail of a member; add or remove members instead`)
  }
  if (path.filter) {
    const filter = memberFilter(path.filter)
    return op === 'remove' ? [removal(filter)] : writeWhere(op, filter, value, profile)
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
  const runs: MemberStep[] = []
  let ids = new Set<string>()
  for (const step of steps) {
    const last = runs.at(-1)
    if (step.kind === 'removeWhere' || last?.kind !== step.kind || step.kind === 'replace') {
      close(last, ids)
      ids = new Set(step.kind === 'removeWhere' ? [] : step.ids)
      runs.push(step.kind === 'removeWhere' ? step : { kind: step.kind, ids: [] })
    } else for (const id of step.ids) ids.add(id)
  }
  close(runs.at(-1), ids)
  return runs.filter((run) => run.kind === 'removeWhere' || run.kind === 'replace' || run.ids.length > 0)
}

function close(run: MemberStep | undefined, ids: ReadonlySet<string>): void {
  if (run && run.kind !== 'removeWhere') for (const id of ids) run.ids.push(id)
}

/**
 * Add or replace on `members[…]`: with a value the selected members make way for it (add: are joined by it); without
 * one, the ids that the filter names are meant.
 */
function writeWhere(op: 'add' | 'replace', filter: MemberFilter, value: unknown, profile: Profile): MemberStep[] {
  const given = value === undefined || value === null ? undefined : memberIds(value, profile)
  const named = idsNamedBy(filter)
  if (op === 'add') return [{ kind: 'add', ids: given ?? named ?? [] }]
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
