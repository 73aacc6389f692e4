import { type FilteredGroup, flattenGroups } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Edge, NamedGroup } from './group-facts.ts'
import type { Reference } from './reasons.ts'

/** The groups of directory users, and how they come about. */
export interface WaysUp {
  /** The groups from the one the directory user is a member of up to this one; undefined when it is not in it. */
  to(directoryUserId: string, groupId: string): Reference[] | undefined
  /** All groups of a directory user, nested ones counted. */
  groupsOf(directoryUserId: string): FilteredGroup[]
}

export function waysUp(edges: readonly Edge[] | null, named: readonly NamedGroup[] | null): WaysUp {
  const names = new Map((named ?? []).map((group) => [group.group_id, group.name]))
  const steps = edges ?? []
  const ways = flattenGroups(
    steps.filter((edge) => edge.is_user).map((edge) => ({ userId: edge.member_id, groupId: edge.group_id })),
    steps.filter((edge) => !edge.is_user).map((edge) => ({ childId: edge.member_id, parentId: edge.group_id })),
  )
  const show = (groupId: string) => ({ id: toTypeId('group', groupId), name: names.get(groupId) ?? '' })
  return {
    to: (directoryUserId, groupId) => ways.get(directoryUserId)?.get(groupId)?.map(show),
    groupsOf: (directoryUserId) => [...(ways.get(directoryUserId)?.keys() ?? [])].map(show),
  }
}
