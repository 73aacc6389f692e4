import { sql } from 'kysely'
import { commonColumns, commonFinders } from './common-columns.ts'
import { groupsOfUser, isInGroup } from './groups-of-user.ts'
import type { Condition } from './sql-condition.ts'
import { belongsTo, type Place, type Subject } from './subject.ts'

const id = sql.ref('u.directory_user_id')
const userName = sql.ref('u.user_name_key')
const displayName = sql.ref('u.display_name_key')

/** Who has the address; an array, so that an index finds them among the users. */
function hasEmail(place: Place, key: string): Condition {
  return sql`u.directory_user_id = ANY(ARRAY(
    SELECT e.directory_user_id FROM directory_user_emails e
    WHERE ${belongsTo(place, 'e')} AND e.value_key = ${key}))`
}

/** Users as rows of directory_users `u`. */
export function userSubject(place: Place): Subject {
  const prefix = `${place.baseUrl}/Users/`
  return {
    kind: 'User',
    place,
    table: sql`directory_users u`,
    alias: 'u',
    id,
    columns: {
      ...commonColumns('User', 'u', id, prefix),
      userName: { kind: 'text', value: userName },
      displayName: { kind: 'text', value: displayName },
      active: { kind: 'boolean', value: sql.ref('u.active') },
    },
    relations: { groups: groupsOfUser(place) },
    finders: {
      ...commonFinders('u', id, prefix),
      userName: (key) => sql`${userName} = ${key}`,
      displayName: (key) => sql`${displayName} = ${key}`,
      'emails.value': (key) => hasEmail(place, key),
      'groups.value': (groupId) => isInGroup(place, groupId),
    },
    indexedOrders: {
      id: { isUnique: true, isNeverMissing: true },
      userName: { isUnique: true, isNeverMissing: true },
      displayName: {},
      externalId: {},
      'meta.lastModified': { isNeverMissing: true },
    },
  }
}
