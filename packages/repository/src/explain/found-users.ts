import { comparisonKey } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'

/** By what somebody is looked for who may be absent. `directoryUserId` is a UUID, all others are texts as a source writes them. */
export interface AbsenceQuestion {
  by: AbsenceKey
  value: string
  /** A UUID: only in this directory. */
  directoryId?: string | undefined
}

interface Key {
  fold: (value: string) => string
  /** The directory users who have the value, as `(directory_id, directory_user_id)`. */
  find: (reader: Reader, value: string, here: RawBuilder<unknown>) => RawBuilder<unknown>
  /** The column of `users` that has the value in the same form; undefined when none does. */
  column?: string
}

const inUsers = (column: string): Key['find'] => {
  return ({ organizationId }, value, here) => sql`
    SELECT directory_id, directory_user_id FROM directory_users
    WHERE organization_id = ${organizationId} AND ${sql.ref(column)} = ${value} AND ${here}`
}

const keys = {
  email: {
    fold: comparisonKey,
    column: 'email_key',
    find: ({ organizationId }, value, here) => sql`
      SELECT DISTINCT directory_id, directory_user_id FROM directory_user_emails
      WHERE organization_id = ${organizationId} AND value_key = ${value} AND ${here}`,
  },
  userName: { fold: comparisonKey, column: 'username_key', find: inUsers('user_name_key') },
  externalId: { fold: (value) => value, find: inUsers('external_id') },
  // One that is gone has a link while its removal waits.
  directoryUserId: {
    fold: (value) => value.toLowerCase(),
    find: ({ organizationId }, value, here) => sql`
      SELECT directory_id, directory_user_id FROM (
        SELECT directory_id FROM directories WHERE organization_id = ${organizationId}
        UNION SELECT directory_id FROM holds WHERE organization_id = ${organizationId} AND status = 'open'
      ) d
      CROSS JOIN LATERAL (
        SELECT directory_user_id FROM directory_users WHERE organization_id = ${organizationId}
          AND directory_id = d.directory_id AND directory_user_id = ${value}::uuid
        UNION
        SELECT directory_user_id FROM user_links WHERE organization_id = ${organizationId}
          AND directory_id = d.directory_id AND directory_user_id = ${value}::uuid
      ) u WHERE ${here}`,
  },
} satisfies Record<string, Key>

export type AbsenceKey = keyof typeof keys

/** The directory users that a question means, and the people who have what was asked for, as relations. */
export function found(
  reader: Reader,
  { by, value, directoryId }: AbsenceQuestion,
): { directoryUsers: RawBuilder<unknown>; users: RawBuilder<unknown> } {
  const key: Key = keys[by]
  const folded = key.fold(value)
  const here = directoryId === undefined ? sql`true` : sql`directory_id = ${directoryId}::uuid`
  const hasValue = key.column === undefined ? sql`false` : sql`${sql.ref(key.column)} = ${folded}`
  return {
    directoryUsers: key.find(reader, folded, here),
    users: sql`SELECT user_id, state, directory_id FROM users WHERE organization_id = ${reader.organizationId} AND ${hasValue}`,
  }
}
