import type pg from 'pg'
import type { Database } from '../database/database.ts'
import { translateConnectError, translateDatabaseError } from '../database/database-errors.ts'
import { type Lease, LeaseLost } from '../syncs/lease.ts'
import { copyRows } from './copy-rows.ts'
import { noteProblems } from './note-problems.ts'
import type { StagedPage } from './staged-page.ts'

/** Rows of one page at most: they are numbered within it. */
const pageRowsMax = 1_000_000

const recordColumns = [
  'organization_id',
  'run_id',
  'kind',
  'source_id',
  'position',
  'effect',
  'hash',
  'name_key',
  'reference_keys',
  'record',
]
const edgeColumns = ['organization_id', 'run_id', 'group_source_id', 'member_key', 'by_reference', 'position', 'effect']

/**
 * Puts a page on the stage of a run together with the checkpoint behind it: both are there, or neither is.
 * @throws LeaseLost
 */
export async function stagePage(database: Database, lease: Lease, page: StagedPage): Promise<void> {
  await copying(database, lease, async (client) => {
    const pages = await noteProgress(client, lease, page)
    const positionOf = (index: number) => pages * pageRowsMax + index
    const own = [lease.scope.organizationId, lease.runId] as const
    if (page.records.length > 0) {
      const rows = page.records.map((record, index) => {
        const { kind, sourceId, effect, hash, nameKey, referenceKeys, said } = record
        return [...own, kind, sourceId, positionOf(index), effect, hash, nameKey, referenceKeys, said]
      })
      await copyRows(client, 'sync_stage_records', recordColumns, rows)
    }
    if (page.edges.length > 0) {
      const rows = page.edges.map((edge, index) => {
        const { groupSourceId, memberKey, byReference, effect } = edge
        return [...own, groupSourceId, memberKey, byReference, positionOf(index), effect]
      })
      await copyRows(client, 'sync_stage_edges', edgeColumns, rows)
    }
    await noteProblems(client, { organizationId: lease.scope.organizationId, runId: lease.runId }, page.problems)
  })
}

/** Writes checkpoint and counts, and answers with how many pages there were before. */
async function noteProgress(client: pg.PoolClient, lease: Lease, page: StagedPage): Promise<number> {
  const read = (kind: 'user' | 'group') =>
    page.records.filter((record) => record.kind === kind && record.effect === 'upsert').length
  const { rows } = await client.query<{ pages: number }>(
    `UPDATE sync_runs r SET checkpoint = $3, complete = $4, pages = pages + 1, staged_rows = staged_rows + $5,
       users_read = users_read + $6, groups_read = groups_read + $7, memberships_read = memberships_read + $8,
       throttled_milliseconds = throttled_milliseconds + $9, updated_at = now()
     FROM directory_syncs s WHERE r.organization_id = $1 AND r.run_id = $2 AND r.status = 'running'
       AND s.organization_id = $1 AND s.directory_id = $10 AND s.run_id = $2 AND s.fence = $11
     RETURNING r.pages`,
    [
      lease.scope.organizationId,
      lease.runId,
      page.checkpoint,
      page.complete ?? null,
      page.records.length + page.edges.length,
      read('user'),
      read('group'),
      page.edges.length,
      page.throttledMilliseconds,
      lease.directoryId,
      lease.fence,
    ],
  )
  const [run] = rows
  if (run === undefined) throw new LeaseLost()
  return run.pages
}

/** A transaction on a connection for COPY; the lock of the lease as `assertLease` takes it. */
async function copying(
  database: Database,
  { scope, directoryId, runId, fence }: Lease,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await database.copyPool.connect().catch((error) => {
    throw translateConnectError(error)
  })
  let isLost = true
  try {
    await client.query(`BEGIN; SET LOCAL muster.organization_id = '${scope.organizationId}'`)
    const { rowCount } = await client.query(
      `SELECT FROM directory_syncs WHERE organization_id = $1 AND directory_id = $2 AND run_id = $3 AND fence = $4
       FOR KEY SHARE`,
      [scope.organizationId, directoryId, runId, fence],
    )
    if (rowCount === 0) throw new LeaseLost()
    await work(client)
    await client.query('COMMIT')
    isLost = false
  } catch (error) {
    isLost = !(await client.query('ROLLBACK').then(
      () => true,
      () => false,
    ))
    throw error instanceof LeaseLost ? error : translateDatabaseError(error)
  } finally {
    client.release(isLost)
  }
}
