import { comparisonKey, type Filter } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import { type Equalities, everything, type IdCondition, idEquality, type Place, toCondition } from './condition.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/**
 * Who has an address that meets the inner condition. The few of one value are looked up first, as an array, so that an
 * index finds them among the users; the many of a type are hashed.
 */
function someEmail(place: Place, inner: RawBuilder<unknown>, byValue: boolean): RawBuilder<unknown> {
  const owners = sql`SELECT e.directory_user_id FROM directory_user_emails e
    WHERE e.organization_id = ${place.organizationId} AND e.directory_id = ${place.directoryId} AND (${inner})`
  return byValue ? sql`u.directory_user_id = ANY(ARRAY(${owners}))` : sql`u.directory_user_id IN (${owners})`
}

const equalities = (place: Place): Equalities => ({
  id: idEquality('u.directory_user_id'),
  userName: (value) => sql`u.user_name_key = ${comparisonKey(value)}`,
  displayName: (value) => sql`u.display_name_key = ${comparisonKey(value)}`,
  externalId: (value) => sql`u.external_id = ${value}`,
  active: (value) => sql`u.active = ${value === 'true'}`,
  'emails.value': (value) => someEmail(place, sql`e.value_key = ${comparisonKey(value)}`, true),
  // Entra ID verifies a manager by `id eq "…" and manager eq "…"`: the id has the index, this is read off the row.
  [`${enterprise}:manager.value`]: (value) =>
    sql`u.resource #>> ARRAY[${enterprise}::text, 'manager', 'value'] = ${value}`,
})

/** The users that a filter selects; undefined selects all. */
export function userCondition(filter: Filter | undefined): IdCondition {
  if (filter === undefined) return everything
  return (place) =>
    toCondition(filter, equalities(place), { emails: (inner, byValue) => someEmail(place, inner, byValue) })
}
