import { isUuid } from '@muster/runtime/type-ids'
import { comparisonKey, type Filter } from '@muster/scim'
import { sql } from 'kysely'
import { type Equalities, everything, type IdCondition, idEquality, toCondition } from './condition.ts'

const equalities: Equalities = {
  id: idEquality('g.directory_group_id'),
  displayName: (value) => sql`g.display_name_key = ${comparisonKey(value)}`,
  externalId: (value) => sql`g.external_id = ${value}`,
  // Entra ID asks whether somebody is a member by `id eq "…" and members eq "…"`.
  'members.value': (value) =>
    isUuid(value)
      ? sql`EXISTS (SELECT FROM memberships m WHERE m.organization_id = g.organization_id
          AND m.directory_id = g.directory_id AND m.directory_group_id = g.directory_group_id
          AND m.member_id = ${value}::uuid OFFSET 0)`
      : sql`false`,
}

/** The groups that a filter selects; undefined selects all. */
export function groupCondition(filter: Filter | undefined): IdCondition {
  return filter === undefined ? everything : () => toCondition(filter, equalities)
}
