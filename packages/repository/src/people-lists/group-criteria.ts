import { comparisonKey } from '@muster/scim'
import { sql } from 'kysely'
import type { Sql } from '../filters/sql-condition.ts'
import type { Criterion } from './criterion.ts'
import { beginsWith } from './prefix-range.ts'

/** Which groups; what is undefined narrows nothing. Ids are UUIDs. */
export interface GroupQuery {
  /** The whole name, exactly. */
  name?: string | undefined
  /** What the name begins with, in any case. */
  q?: string | undefined
  directoryId?: string | undefined
  /** The groups that this person is in, by groups inside groups, too. */
  userId?: string | undefined
}

type Part = (organizationId: string, wanted: string) => Criterion

/** In the order in which their finders are preferred when each finds many. */
const parts: { [K in keyof GroupQuery]-?: Part } = {
  // The key has the index; the name itself decides.
  name: (organizationId, name) => ({
    holds: sql`(listed.name_key = ${comparisonKey(name)} AND listed.name = ${name})`,
    finder: {
      kind: 'key',
      queries: [groupIds(organizationId, sql`name_key = ${comparisonKey(name)} AND name = ${name}`)],
    },
  }),
  userId: (organizationId, userId) => ({
    holds: sql`EXISTS (SELECT FROM user_groups ug WHERE ug.organization_id = ${organizationId}::uuid
      AND ug.user_id = ${userId}::uuid AND ug.group_id = listed.group_id OFFSET 0)`,
    finder: {
      kind: 'ordered',
      table: sql.table('user_groups'),
      condition: sql`w.organization_id = ${organizationId}::uuid AND w.user_id = ${userId}::uuid`,
      id: sql.ref('w.group_id'),
    },
  }),
  q: (organizationId, text) => {
    const prefix = comparisonKey(text).trim()
    return {
      holds: beginsWith(sql.ref('listed.name_key'), prefix),
      finder: { kind: 'range', queries: [groupIds(organizationId, beginsWith(sql.ref('name_key'), prefix))] },
    }
  },
  directoryId: (organizationId, directoryId) => ({
    holds: sql`listed.directory_id = ${directoryId}::uuid`,
    finder: {
      kind: 'ordered',
      table: sql.table('groups'),
      condition: sql`w.organization_id = ${organizationId}::uuid AND w.directory_id = ${directoryId}::uuid`,
      id: sql.ref('w.group_id'),
    },
  }),
}

export function groupCriteria(organizationId: string, query: GroupQuery): Criterion[] {
  return Object.entries(parts).flatMap(([name, part]) => {
    const wanted = query[name as keyof GroupQuery]
    return wanted === undefined ? [] : [part(organizationId, wanted)]
  })
}

function groupIds(organizationId: string, condition: Sql): Sql {
  return sql`SELECT group_id AS id FROM groups WHERE organization_id = ${organizationId}::uuid AND ${condition}`
}
