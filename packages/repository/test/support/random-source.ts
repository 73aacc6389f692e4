import fc from 'fast-check'
import type { MadeUpGroup, MadeUpSource, MadeUpUser } from './sync-stage.ts'

const userIds = Array.from({ length: 12 }, (_, index) => `u${index}`)
const groupIds = Array.from({ length: 5 }, (_, index) => `g${index}`)
const ids = [...userIds, ...groupIds]

/** How a source speaks, as one does in all it says. */
export interface Dialect {
  /**
   * Groups name members by what these are called, as directories over LDAP do: whoever is renamed is so in its groups at once, without their
   * being changed, and whoever goes is out of them. Else by id.
   */
  byReference: boolean
  /** Whoever goes is out of its groups at once, also where it is named by id. */
  dropsAbsent: boolean
  /** Of a group that changed, it tells who joined and left, and nothing of the others; else all members. */
  tellsChanges: boolean
}

export const dialects: fc.Arbitrary<Dialect> = fc.record({
  ...{ byReference: fc.boolean(), dropsAbsent: fc.boolean(), tellsChanges: fc.boolean() },
})

/** What a source has: members by id, so that the model needs no resolving. */
export interface SourceState {
  users: Map<string, { active: boolean; title: number }>
  groups: Map<string, { name: number; members: Set<string> }>
  /** What each is called, also who is not there. No two are called the same. */
  references: Map<string, string>
}

export const nothing: SourceState = {
  users: new Map(),
  groups: new Map(),
  references: new Map(ids.map((id) => [id, `cn=${id}`])),
}

export const sourceSteps = fc.record({
  users: fc.array(fc.tuple(fc.constantFrom(...userIds), fc.constantFrom('gone', 'on', 'off'), fc.nat(2)), {
    maxLength: 8,
  }),
  groups: fc.array(
    fc.tuple(
      fc.constantFrom(...groupIds),
      fc.boolean(),
      fc.nat(1),
      fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 }),
    ),
    { maxLength: 4 },
  ),
  /** Who takes what the other one is called, and the other way round. */
  trades: fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 2 }),
})

type SourceStep = typeof sourceSteps extends fc.Arbitrary<infer Step> ? Step : never

/** What the source has next. */
export function change(state: SourceState, { users, groups, trades }: SourceStep, dialect: Dialect): SourceState {
  const next: SourceState = {
    users: new Map(state.users),
    groups: new Map(state.groups),
    references: new Map(state.references),
  }
  for (const [id, what, title] of users) {
    if (what === 'gone') next.users.delete(id)
    else next.users.set(id, { active: what === 'on', title })
  }
  for (const [id, isThere, name, members] of groups) {
    if (isThere) next.groups.set(id, { name, members: new Set(members.filter((member) => member !== id)) })
    else next.groups.delete(id)
  }
  for (const [one, other] of trades) {
    const [mine, theirs] = [referenceOf(next, one), referenceOf(next, other)]
    next.references.set(one, theirs).set(other, mine)
  }
  return losesAbsent(dialect) ? withoutAbsent(next, next) : next
}

function losesAbsent({ byReference, dropsAbsent }: Dialect): boolean {
  return byReference || dropsAbsent
}

/** Who is not there is a member of nothing. */
function withoutAbsent(state: SourceState, { users, groups }: SourceState): SourceState {
  const isThere = (id: string) => users.has(id) || groups.has(id)
  const present = [...state.groups].map(
    ([id, { name, members }]) => [id, { name, members: new Set([...members].filter(isThere)) }] as const,
  )
  return { ...state, groups: new Map(present) }
}

/** All that the source has. */
export function allOf(state: SourceState, dialect: Dialect): MadeUpSource {
  return {
    users: [...state.users.keys()].map((id) => userOf(state, id)),
    groups: [...state.groups].map(([id, { members }]) => groupOf(state, id, { members, read: 'complete' }, dialect)),
  }
}

/** What of that is not as it was; who only went out of a group by being gone is not told of again. */
export function changesOf(state: SourceState, earlier: SourceState, dialect: Dialect): MadeUpSource {
  const before = losesAbsent(dialect) ? withoutAbsent(earlier, state) : earlier
  const isRenamed = (id: string) => referenceOf(before, id) !== referenceOf(state, id)
  const users = [...state.users.keys()].filter(
    (id) => isRenamed(id) || !same(before.users.get(id), state.users.get(id)),
  )
  const groups = [...state.groups].flatMap(([id, { name, members }]) => {
    const known = before.groups.get(id)
    if (known === undefined) return [groupOf(state, id, { members, read: 'complete' }, dialect)]
    const joined = [...members].filter((member) => !known.members.has(member))
    const isLeft = [...known.members].some((member) => !members.has(member))
    if (joined.length > 0 || isLeft) {
      const told = dialect.tellsChanges
        ? { members: joined, read: 'changes' as const }
        : { members, read: 'complete' as const }
      return [groupOf(state, id, told, dialect)]
    }
    return known.name === name && !isRenamed(id) ? [] : [groupOf(state, id, { members: [], read: 'unread' }, dialect)]
  })
  const left = [...before.groups].flatMap(([id, { members }]) => {
    const now = state.groups.get(id)?.members
    return now === undefined ? [] : [...members].filter((member) => !now.has(member)).map((member) => [id, member])
  })
  const gone = (kind: 'user' | 'group', then: Map<string, unknown>, now: Map<string, unknown>) =>
    [...then.keys()].filter((id) => !now.has(id)).map((id) => ({ kind, id }))
  return {
    users: users.map((id) => userOf(state, id)),
    groups,
    removed: [...gone('user', before.users, state.users), ...gone('group', before.groups, state.groups)],
    ...(dialect.tellsChanges && {
      removedEdges: left.map(([group = '', member = '']) => [group, nameOf(state, member, dialect)] as const),
    }),
  }
}

/** Who is in which group, as `group member`, in order. */
export function edgesOf({ users, groups }: SourceState): string[] {
  const isThere = (id: string) => users.has(id) || groups.has(id)
  return [...groups]
    .flatMap(([id, { members }]) => [...members].filter(isThere).map((member) => `${id} ${member}`))
    .sort()
}

/** Active users in groups, groups inside groups included, in order. */
export function peopleOf({ users, groups }: SourceState): string[] {
  const within = (id: string, seen: Set<string>): Set<string> => {
    for (const member of groups.get(id)?.members ?? []) {
      if (seen.has(member)) continue
      seen.add(member)
      if (groups.has(member)) within(member, seen)
    }
    return seen
  }
  return [...groups.keys()]
    .flatMap((id) =>
      [...within(id, new Set())].filter((member) => users.get(member)?.active).map((member) => `${id} ${member}`),
    )
    .sort()
}

function userOf(state: SourceState, id: string): MadeUpUser {
  const { active = false, title = 0 } = state.users.get(id) ?? {}
  return { id, active, references: [referenceOf(state, id)], attributes: { title: `title ${title}` } }
}

function groupOf(
  state: SourceState,
  id: string,
  { members, read }: { members: Iterable<string>; read: MadeUpGroup['read'] },
  dialect: Dialect,
): MadeUpGroup {
  const named = [...members].map((member) => nameOf(state, member, dialect))
  const name = `name ${state.groups.get(id)?.name}`
  return { id, name, references: [referenceOf(state, id)], members: named, ...(read && { read }) }
}

function nameOf(state: SourceState, id: string, { byReference }: Dialect): string {
  return byReference ? `=${referenceOf(state, id)}` : id
}

function referenceOf({ references }: SourceState, id: string): string {
  return references.get(id) ?? ''
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
