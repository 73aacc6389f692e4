import type { RoleRow } from '../settling/settle-roles.ts'

interface Role {
  id: string
  source: string
}

/** What became of the roles of a person. */
export interface RoleChanges {
  /** Roles the person had from nowhere, or has from nowhere now, with a source of them. */
  assigned: readonly Role[]
  removed: readonly Role[]
  /** All roles before and after, when one that stays has other sources now. */
  moved: { from: Role[]; to: Role[] } | undefined
}

/** By person, those whose roles changed. A role from two sources is one role. */
export function roleChanges(rows: readonly RoleRow[]): Map<string, RoleChanges> {
  const changed = new Set(rows.filter((row) => row.effect !== 'had').map((row) => row.user_id))
  const byPerson = new Map<string, RoleRow[]>()
  for (const row of rows) {
    if (!changed.has(row.user_id)) continue
    const own = byPerson.get(row.user_id) ?? []
    byPerson.set(row.user_id, own)
    own.push(row)
  }
  return new Map([...byPerson].map(([userId, own]) => [userId, changesOf(own)]))
}

function changesOf(rows: readonly RoleRow[]): RoleChanges {
  const with_ = (effect: RoleRow['effect']) =>
    rows
      .filter((row) => row.effect === effect)
      .map(toRole)
      .sort(bySource)
  const [had, added, removed] = [with_('had'), with_('added'), with_('removed')]
  const gone = new Set(removed.map(key))
  const has = [...had.filter((role) => !gone.has(key(role))), ...added].sort(bySource)
  const ids = (roles: readonly Role[]) => new Set(roles.map(({ id }) => id))
  const [before, after] = [ids(had), ids(has)]
  const stays = ({ id }: Role) => before.has(id) && after.has(id)
  return {
    assigned: firstOfEach(added.filter(({ id }) => !before.has(id))),
    removed: firstOfEach(removed.filter(({ id }) => !after.has(id))),
    moved: [...added, ...removed].some(stays) ? { from: had, to: has } : undefined,
  }
}

function firstOfEach(roles: readonly Role[]): Role[] {
  return [...new Map(roles.toReversed().map((role) => [role.id, role])).values()].reverse()
}

function toRole({ role_id, source }: RoleRow): Role {
  return { id: role_id, source }
}

function key({ id, source }: Role): string {
  return `${id} ${source}`
}

function bySource(a: Role, b: Role): number {
  return key(a) < key(b) ? -1 : 1
}
