import { sql } from 'kysely'
import { beginSnapshot } from '../database/context.ts'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { type Reader, readOnly } from '../database/read.ts'
import { send } from '../database/send.ts'
import { listGroups } from '../people-lists/list-groups.ts'
import { listUsers } from '../people-lists/list-users.ts'

type View = Record<string, unknown>

/** A snapshot comes as its beginning, pages of groups, pages of people, and its end. */
export type SnapshotPart =
  | { kind: 'start'; sequence: number; timestamp: Date }
  | { kind: 'groups'; groups: View[] }
  | { kind: 'users'; users: View[] }
  | { kind: 'end'; groups: number; users: number }

const pageRows = 1_000

/**
 * Hands out all groups and all people of an organization, as every surface shows them, at one moment: exactly the events up
 * to `sequence` have happened. One page is in memory at a time; the next is read when `write` is done with it, and when
 * `write` fails, so does this. It keeps a connection for as long as it takes.
 */
export function readSnapshot(
  database: Database,
  scope: OrganizationScope,
  write: (part: SnapshotPart) => Promise<void>,
): Promise<void> {
  return readOnly(
    database,
    (connection) => beginSnapshot(connection, scope),
    async (db) => {
      const reader: Reader = { organizationId: scope.organizationId, db }
      await write({ kind: 'start', ...(await moment(reader)) })
      const groups = await eachPage(
        (page) => listGroups(reader, {}, page),
        (rows) => write({ kind: 'groups', groups: rows.map((row) => row.group) }),
        (row) => row.groupId,
      )
      const users = await eachPage(
        (page) => listUsers(reader, {}, page),
        (rows) => write({ kind: 'users', users: rows.map((row) => row.user) }),
        (row) => row.userId,
      )
      await write({ kind: 'end', groups, users })
    },
  )
}

async function moment({ db, organizationId }: Reader): Promise<{ sequence: number; timestamp: Date }> {
  const [row] = await send(
    db,
    sql<{ sequence: number; timestamp: Date }>`
    SELECT last_sequence AS sequence, now() AS timestamp FROM event_sequences
    WHERE organization_id = ${organizationId}::uuid`,
  )
  if (row === undefined) throw new Error('The organization has no event sequence')
  return row
}

/** Answers with how many rows there were. */
async function eachPage<T>(
  load: (page: { after: string | undefined; limit: number }) => Promise<T[]>,
  write: (rows: T[]) => Promise<void>,
  idOf: (row: T) => string,
): Promise<number> {
  let count = 0
  for (let after: string | undefined; ; ) {
    const rows = await load({ after, limit: pageRows })
    if (rows.length > 0) await write(rows)
    count += rows.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return count
    after = idOf(last)
  }
}
