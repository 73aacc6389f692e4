import type { Cause, EventType } from '@muster/events'
import { attributeChanges } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../../database/transaction.ts'
import type { DirectoryReference } from '../../organizations/directory-reference.ts'
import type { MergedRow } from '../settling/merge-people.ts'
import { toRoleView, toUserView, type UserRow } from '../views/user-view.ts'
import type { RoleChanges } from './role-changes.ts'

export interface SettledPerson {
  userId: string
  user: Record<string, unknown>
}

/** What the events of one person share: the directory that moved it, null for an administrator. */
interface About {
  tx: Transaction
  directoryId: string | null
  directory: DirectoryReference | null
  cause?: Cause | undefined
}

type Changes = Record<string, { from: unknown; to: unknown }>

/** What is known about a person beside its row before and after. */
interface Circumstances {
  /** Whether it came into being just now. */
  isFresh: boolean
  /** Whether a directory user behind it is gone. */
  isLost: boolean
  roles: RoleChanges | undefined
  /** What else was changed, for example by an administrator. */
  changes?: Changes
}

export function appendCreated(about: About, row: UserRow): SettledPerson {
  const person = { userId: row.user_id, user: toUserView(row) }
  append(about, person, 'directory.user.created')
  return person
}

/** Says what became of a person: its state, then its attributes, then its roles. Somebody new is told of as a whole. */
export function appendPersonEvents(about: About, row: MergedRow, known: Circumstances): SettledPerson {
  if (known.isFresh) return appendCreated(about, row)
  const person = { userId: row.user_id, user: toUserView(row) }
  if (known.isLost && !row.held) {
    append(about, person, 'directory.user.deleted')
    return person
  }
  const turned = row.state !== row.before_state
  if (turned) append(about, person, `directory.user.${row.state === 'active' ? 'reactivated' : 'deactivated'}`)
  const roles = turned ? undefined : known.roles
  const changes = { ...personChanges(row), ...known.changes, ...movedRoles(roles) }
  if (Object.keys(changes).length > 0) append(about, person, 'directory.user.updated', { changes })
  for (const role of roles?.removed ?? []) append(about, person, 'user.role_removed', { role: toRoleView(role) })
  for (const role of roles?.assigned ?? []) append(about, person, 'user.role_assigned', { role: toRoleView(role) })
  return person
}

function append(
  { tx, directoryId, directory, cause }: About,
  person: SettledPerson,
  type: EventType,
  more: Record<string, unknown> = {},
): void {
  const data = { user: person.user, directory, ...more }
  tx.append([{ type, directoryId, subjectId: person.userId, data, cause }])
}

/** What differs besides the state: attributes, the manager, and which directory the person comes from. */
function personChanges(row: MergedRow): Changes {
  const changes: Changes = attributeChanges(row.before_attributes, row.attributes)
  const note = (name: string, from: string | null, to: string | null) => {
    if (from !== to) changes[name] = { from, to }
  }
  const typeId = (kind: 'directory' | 'user', id: string | null) => id && toTypeId(kind, id)
  note('managerId', typeId('user', row.before_manager_id), typeId('user', row.manager_id))
  note('directoryId', typeId('directory', row.before_directory_id), typeId('directory', row.directory_id))
  note('idpId', row.before_idp_id, row.idp_id)
  return changes
}

function movedRoles(roles: RoleChanges | undefined): Changes {
  if (roles?.moved === undefined) return {}
  const { from, to } = roles.moved
  return { roles: { from: from.map(toRoleView), to: to.map(toRoleView) } }
}
