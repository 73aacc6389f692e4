import { comparisonKey } from '@muster/runtime/comparison-key'
import { fold } from '../fold.ts'
import { shownKey } from '../shown-key.ts'
import { compileFilterKey, type FilteredUser } from './filter-key.ts'
import type { SyncFilters } from './sync-filters.ts'

/** A directory user as the filters see it before its groups are known; `active` is what its source says. */
export interface SelectedUser extends FilteredUser {
  readonly active: boolean
}

/** A group that a directory user is in, directly or through others. `id` is the `group_…` id. */
export interface FilteredGroup {
  readonly id: string
  readonly name: string
}

export interface FilterSubject extends SelectedUser {
  readonly groups: readonly FilteredGroup[]
}

/** Filters prepared to judge many. */
export interface CompiledFilters {
  readonly includeActive: boolean
  readonly customFilters: readonly { readonly key: string; readonly holds: (user: FilteredUser) => boolean }[]
  /** Undefined: whatever group. */
  readonly isIncluded: ((group: FilteredGroup) => boolean) | undefined
  readonly isExcluded: (group: FilteredGroup) => boolean
}

/** Why filters do not let a directory user pass: never what it says, only what was looked at. */
export type FilterReason =
  | { readonly reason: 'notActive' | 'notInIncludedGroup'; readonly filters: number }
  | { readonly reason: 'inExcludedGroup'; readonly filters: number; readonly group: FilteredGroup }
  | { readonly reason: 'customFilter'; readonly filters: number; readonly key: string }

/** @throws `invalidValue` for a key that is not valid (`parseSyncFilters` has seen it before) */
export function compileFilters(filters: SyncFilters): CompiledFilters {
  return {
    includeActive: filters.includeActive,
    customFilters: Object.entries(filters.customFilters).map(([key, values]) => {
      const read = compileFilterKey(key, `syncFilters.customFilters.${shownKey(key)}`)
      const wanted = new Set(values.map(fold))
      return { key, holds: (user) => read(user).some((text) => wanted.has(fold(text))) }
    }),
    isIncluded: filters.includeGroups.length === 0 ? undefined : groupTest(filters.includeGroups),
    isExcluded: groupTest(filters.excludeGroups),
  }
}

function groupTest(groups: readonly string[]): (group: FilteredGroup) => boolean {
  const ids = new Set(groups)
  const names = new Set(groups.map(comparisonKey))
  return ({ id, name }) => ids.has(id) || names.has(comparisonKey(name))
}

/** Whether a directory user passes what needs no groups: `includeActive` and the custom filters. */
export function isSelected(filters: CompiledFilters, user: SelectedUser): boolean {
  return (user.active || !filters.includeActive) && filters.customFilters.every(({ holds }) => holds(user))
}

/** Whether a directory user passes; `groups` are all it is in, nested ones counted. */
export function passes(filters: CompiledFilters, user: FilterSubject): boolean {
  return isSelected(filters, user) && passesGroups(filters, user.groups)
}

/** The part of `passes` that is about groups. */
export function passesGroups(filters: CompiledFilters, groups: readonly FilteredGroup[]): boolean {
  const { isIncluded, isExcluded } = filters
  return (isIncluded === undefined || groups.some(isIncluded)) && !groups.some(isExcluded)
}

/**
 * Every reason why a directory user does not pass all of several filters (the organization's, the directory's); none
 * when it does. `filters` of a reason is the place in the list.
 */
export function filterReasons(list: readonly CompiledFilters[], user: FilterSubject): FilterReason[] {
  return list.flatMap((filters, at) => reasonsOf(filters, user, at))
}

function reasonsOf(compiled: CompiledFilters, user: FilterSubject, filters: number): FilterReason[] {
  const { includeActive, customFilters, isIncluded, isExcluded } = compiled
  const reasons: FilterReason[] = []
  if (includeActive && !user.active) reasons.push({ reason: 'notActive', filters })
  if (isIncluded !== undefined && !user.groups.some(isIncluded)) reasons.push({ reason: 'notInIncludedGroup', filters })
  for (const { id, name } of user.groups.filter(isExcluded)) {
    reasons.push({ reason: 'inExcludedGroup', filters, group: { id, name } })
  }
  for (const { key, holds } of customFilters) {
    if (!holds(user)) reasons.push({ reason: 'customFilter', filters, key })
  }
  return reasons
}
