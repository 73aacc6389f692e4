import { sql } from 'kysely'
import { commonColumns, commonFinders } from './common-columns.ts'
import { hasMember, membersOfGroup } from './members-of-group.ts'
import type { Place, Subject } from './subject.ts'

const id = sql.ref('g.directory_group_id')
const displayName = sql.ref('g.display_name_key')

/** Groups as rows of directory_groups `g`. */
export function groupSubject(place: Place): Subject {
  const prefix = `${place.baseUrl}/Groups/`
  return {
    kind: 'Group',
    place,
    table: sql`directory_groups g`,
    alias: 'g',
    id,
    columns: { ...commonColumns('Group', 'g', id, prefix), displayName: { kind: 'text', value: displayName } },
    relations: { members: membersOfGroup(place) },
    finders: {
      ...commonFinders('g', id, prefix),
      displayName: (key) => sql`${displayName} = ${key}`,
      'members.value': (memberId) => hasMember(place, memberId),
    },
    indexedOrders: {
      id: { isUnique: true, isNeverMissing: true },
      displayName: { isNeverMissing: true },
      'meta.lastModified': { isNeverMissing: true },
    },
  }
}
