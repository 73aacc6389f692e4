import { comparisonKey } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** What a directory user must be like; what is undefined does not matter. Ids are UUIDs. */
export interface UserChoice {
  /** The person behind it. */
  userId?: string | undefined
  /** One of its addresses, or its userName, in any case. */
  email?: string | undefined
  active?: boolean | undefined
  /** A group whose direct member it is, or is not. */
  memberOf?: string | undefined
  noMemberOf?: string | undefined
}

/** What a group must be like; what is undefined does not matter. */
export interface GroupChoice {
  groupId?: string | undefined
  /** Its name, in any case. */
  name?: string | undefined
  /** Whether some directory user is a direct member of it, or is not: this one, or any at all. */
  has?: string | 'somebody' | undefined
  lacks?: string | 'somebody' | undefined
}

/** One of the directory users that are like this, by chance; undefined when there is none. For test directories: it looks at all. */
export async function chooseDirectoryUser(
  tx: Transaction,
  directoryId: string,
  { userId, email, active, memberOf, noMemberOf }: UserChoice,
): Promise<string | undefined> {
  const isMember = (groupId: string) => sql`EXISTS (SELECT FROM memberships m
    WHERE ${within(tx, directoryId, 'm')} AND m.directory_group_id = ${groupId}
      AND m.directory_user_id = u.directory_user_id OFFSET 0)`
  const conditions = [
    within(tx, directoryId, 'u'),
    active !== undefined && sql`u.active = ${active}`,
    memberOf !== undefined && isMember(memberOf),
    noMemberOf !== undefined && sql`NOT ${isMember(noMemberOf)}`,
    userId !== undefined &&
      sql`EXISTS (SELECT FROM user_links l WHERE ${within(tx, directoryId, 'l')} AND l.user_id = ${userId}
        AND l.directory_user_id = u.directory_user_id OFFSET 0)`,
    email !== undefined &&
      sql`(u.user_name_key = ${comparisonKey(email)} OR EXISTS (SELECT FROM directory_user_emails e
        WHERE ${within(tx, directoryId, 'e')} AND e.directory_user_id = u.directory_user_id
          AND e.value_key = ${comparisonKey(email)} OFFSET 0))`,
  ]
  return chooseOne(tx, sql`SELECT u.directory_user_id AS id FROM directory_users u WHERE ${all(conditions)}`)
}

/** One of the groups that are like this, by chance; undefined when there is none. */
export async function chooseDirectoryGroup(
  tx: Transaction,
  directoryId: string,
  { groupId, name, has, lacks }: GroupChoice,
): Promise<string | undefined> {
  const member = sql`SELECT FROM memberships m WHERE ${within(tx, directoryId, 'm')}
    AND m.directory_group_id = g.directory_group_id`
  const conditions = [
    within(tx, directoryId, 'g'),
    groupId !== undefined && sql`g.directory_group_id = ${groupId}`,
    name !== undefined && sql`g.display_name_key = ${comparisonKey(name)}`,
    has === 'somebody' && sql`EXISTS (${member} AND m.directory_user_id IS NOT NULL OFFSET 0)`,
    has !== 'somebody' && has !== undefined && sql`EXISTS (${member} AND m.directory_user_id = ${has} OFFSET 0)`,
    lacks === 'somebody' &&
      sql`EXISTS (SELECT FROM directory_users u WHERE ${within(tx, directoryId, 'u')}
        AND NOT EXISTS (${member} AND m.directory_user_id = u.directory_user_id OFFSET 0) OFFSET 0)`,
    lacks !== 'somebody' &&
      lacks !== undefined &&
      sql`NOT EXISTS (${member} AND m.directory_user_id = ${lacks} OFFSET 0)`,
  ]
  return chooseOne(tx, sql`SELECT g.directory_group_id AS id FROM directory_groups g WHERE ${all(conditions)}`)
}

function within({ organizationId }: Transaction, directoryId: string, alias: string): RawBuilder<unknown> {
  return sql`${sql.ref(`${alias}.organization_id`)} = ${organizationId}
    AND ${sql.ref(`${alias}.directory_id`)} = ${directoryId}`
}

function all(conditions: readonly (RawBuilder<unknown> | false)[]): RawBuilder<unknown> {
  return sql.join(
    conditions.filter((condition) => condition !== false),
    sql` AND `,
  )
}

async function chooseOne(tx: Transaction, fitting: RawBuilder<unknown>): Promise<string | undefined> {
  const [chosen] = await send(tx.db, sql<{ id: string }>`${fitting} ORDER BY random() LIMIT 1`)
  return chosen?.id
}
