import { comparisonKey, type Filter } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import { type Equalities, everything, type IdCondition, idEquality, toCondition } from './condition.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function someEmail(inner: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`u.directory_user_id IN (SELECT e.directory_user_id FROM directory_user_emails e
    WHERE e.organization_id = u.organization_id AND e.directory_id = u.directory_id AND (${inner}))`
}

const equalities: Equalities = {
  id: idEquality('u.directory_user_id'),
  userName: (value) => sql`u.user_name_key = ${comparisonKey(value)}`,
  displayName: (value) => sql`u.display_name_key = ${comparisonKey(value)}`,
  externalId: (value) => sql`u.external_id = ${value}`,
  active: (value) => sql`u.active = ${value === 'true'}`,
  'emails.value': (value) => someEmail(sql`e.value_key = ${comparisonKey(value)}`),
  // Entra ID verifies a manager by `id eq "…" and manager eq "…"`: the id has the index, this is read off the row.
  [`${enterprise}:manager.value`]: (value) =>
    sql`u.resource #>> ARRAY[${enterprise}::text, 'manager', 'value'] = ${value}`,
}

/** The users that a filter selects; undefined selects all. */
export function userCondition(filter: Filter | undefined): IdCondition {
  return filter === undefined ? everything : toCondition(filter, equalities, { emails: someEmail })
}
