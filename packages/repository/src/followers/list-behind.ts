import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { readAsFollower } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { FollowerKind } from '../tables.ts'
import type { Follower } from './follower.ts'

/** More are seen by the next look. */
const followersMax = 1_000

/**
 * The followers of these kinds that the log has gone on for, at most 1,000: which of more, and in what order, is chance, so
 * that nobody is always the last one. One look for all organizations; it costs a probe a follower.
 */
export function listBehind(database: Database, kinds: readonly FollowerKind[]): Promise<Follower[]> {
  return readAsFollower(database, (db) =>
    send(
      db,
      sql<Follower>`
      SELECT f.kind, f.organization_id AS "organizationId", f.follower_id AS "followerId" FROM followers f
      CROSS JOIN LATERAL (
        SELECT last_sequence FROM event_sequences WHERE organization_id = f.organization_id OFFSET 0) log
      WHERE f.kind = ANY(${kinds}::text[]) AND NOT f.paused AND log.last_sequence > f.sequence
      ORDER BY random() LIMIT ${sql.lit(followersMax)}`,
    ),
  )
}
