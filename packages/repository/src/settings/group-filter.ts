import type { SyncFilters } from '@muster/people'
import { fromTypeId } from '@muster/runtime/type-ids'
import { comparisonKey } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'

/** Groups by what names them: folded names, and ids. */
interface GroupNames {
  names: readonly string[]
  ids: readonly string[]
}

/** The part of a filter that asks for groups; groups inside the named ones count. */
export interface GroupFilter {
  /** Undefined: whoever is in no group passes as well. */
  include: GroupNames | undefined
  exclude: GroupNames | undefined
}

/** Undefined when the filter asks for no group. */
export function groupFilterOf({ includeGroups, excludeGroups }: SyncFilters): GroupFilter | undefined {
  const [include, exclude] = [namesOf(includeGroups), namesOf(excludeGroups)]
  return include === undefined && exclude === undefined ? undefined : { include, exclude }
}

/** Whether a filter names a group of this folded name: then what becomes of the group decides about its people. */
export function namesGroup(filters: readonly GroupFilter[], nameKey: string): boolean {
  return filters.some(({ include, exclude }) => include?.names.includes(nameKey) || exclude?.names.includes(nameKey))
}

function namesOf(groups: readonly string[]): GroupNames | undefined {
  if (groups.length === 0) return undefined
  const ids = groups.flatMap((group) => fromTypeId('group', group) ?? [])
  const names = groups.filter((group) => fromTypeId('group', group) === undefined).map(comparisonKey)
  return { names, ids }
}

interface GroupConditions {
  /** Common table expressions, each with a comma behind it; the statement is WITH RECURSIVE. */
  tables: RawBuilder<unknown>
  /** Whether the directory user `u (directory_user_id)` is in the groups it has to be in, and in none of the others. */
  passes: RawBuilder<unknown>
}

/**
 * The group filters over one directory, for a statement that asks for many of its users: the named groups with all that
 * are inside them are gathered once.
 */
export function groupConditions(
  organizationId: string,
  directoryId: string,
  filters: readonly GroupFilter[],
): GroupConditions {
  const here = (alias: string) =>
    sql`${sql.ref(`${alias}.organization_id`)} = ${organizationId} AND ${sql.ref(`${alias}.directory_id`)} = ${directoryId}`
  const tables: RawBuilder<unknown>[] = []
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  for (const [index, { include, exclude }] of filters.entries()) {
    for (const [verb, names] of [['include', include] as const, ['exclude', exclude] as const]) {
      if (names === undefined) continue
      const table = sql.table(`${verb}_${index}`)
      tables.push(sql`${table} (group_id) AS (
        SELECT g.directory_group_id FROM directory_groups g WHERE ${here('g')} AND g.display_name_key = ANY(${names.names}::text[])
        UNION
        SELECT g.directory_group_id FROM directory_groups g WHERE ${here('g')} AND g.directory_group_id = ANY(${names.ids}::uuid[])
        UNION
        SELECT child.child_group_id FROM ${table} inside CROSS JOIN LATERAL (
          SELECT m.child_group_id FROM memberships m WHERE ${here('m')} AND m.directory_group_id = inside.group_id
            AND m.child_group_id IS NOT NULL OFFSET 0) child),`)
      const isIn = sql`EXISTS (SELECT FROM (
        SELECT m.directory_group_id FROM memberships m WHERE ${here('m')} AND m.directory_user_id = u.directory_user_id
        OFFSET 0) own WHERE own.directory_group_id IN (SELECT group_id FROM ${table}))`
      conditions.push(verb === 'include' ? isIn : sql`NOT ${isIn}`)
    }
  }
  return { tables: sql.join(tables, sql` `), passes: sql.join(conditions, sql` AND `) }
}
