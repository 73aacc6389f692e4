import type { PersonSource } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { peopleByIds } from '../settling/concerned.ts'
import { lockPeople } from '../settling/lock-people.ts'
import { byRank, sayings } from '../settling/sayings.ts'
import { type UserRow, userViewColumns } from '../views/user-view.ts'

/** A person with all that is said of it; sources by rank, the highest first. */
export type SaidPerson = UserRow & { manual: Record<string, string>; metadata: JsonObject; sources: PersonSource[] }

/** Locks a person and reads what is said of it; undefined when there is none of this id. */
export async function lockSaidPerson(tx: Transaction, userId: string): Promise<SaidPerson | undefined> {
  const [, [person]] = await pipelined(
    lockPeople(tx, peopleByIds([userId])),
    send(
      tx.db,
      sql<SaidPerson>`
      SELECT ${userViewColumns(tx.organizationId, 'u')}, COALESCE((
        SELECT json_agg(json_build_object('directoryId', s.directory_id, 'active', s.active, 'provided', s.mapped,
          'idpId', s.external_id) ORDER BY ${byRank})
        FROM (${sayings(tx.organizationId, sql`u.user_id`)}) s WHERE s.mapped IS NOT NULL), '[]') AS sources
      FROM users u WHERE u.organization_id = ${tx.organizationId} AND u.user_id = ${userId}`,
    ),
  )
  return person
}
