import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { queueJob } from '../jobs/directory-jobs.ts'
import { findDirectory } from '../organizations/directories.ts'
import type { SyncOccasion, SyncPurpose } from '../sync-tables.ts'
import { makeDue } from './due-time.ts'
import { insertRun } from './insert-run.ts'
import { findRun } from './list-runs.ts'
import type { SyncRun } from './sync-run.ts'

export interface RunRequest {
  purpose: SyncPurpose
  /** Everything is read, also when changes would do. */
  scan?: 'full' | undefined
  /** Of an `undo`: what it takes back. */
  undoesRunId?: string | undefined
  occasion: SyncOccasion
}

interface RequestedRun {
  run: SyncRun
  /** False: one for this purpose had been waiting or under way. */
  isNew: boolean
}

interface SyncFacts {
  run_id: string | null
  /** Whether a run must read everything. */
  full_is_due: boolean
}

const refusalOfPushed =
  'A SCIM directory cannot be synced from here: its identity provider decides when to send. Start provisioning there.'

/**
 * Has a poller begin a run at once, as soon as this is committed. One that waits or is under way for the same purpose is the
 * answer; one that waits goes on at once. Undefined when there is no such directory.
 * @throws MusterError `conflict` for directories that are not read, paused ones (`sync`), and while there is another run
 */
export async function requestRun(
  tx: Transaction,
  directoryId: string,
  request: RunRequest,
): Promise<RequestedRun | undefined> {
  const directory = await findDirectory(tx, directoryId)
  if (directory === undefined) return undefined
  if (directory.type === 'SCIM') throw new MusterError('conflict', refusalOfPushed)
  if (directory.status === 'PAUSED' && request.purpose === 'sync') {
    throw new MusterError('conflict', 'The directory is paused: resume it first. A plan can be made all the same.')
  }
  const [facts] = await send(
    tx.db,
    sql<SyncFacts>`
    SELECT run_id, checkpoint IS NULL OR full_scan_at IS NULL
      OR full_scan_at <= now() - make_interval(hours => full_scan_hours) AS full_is_due
    FROM directory_syncs WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
    FOR NO KEY UPDATE`,
  )
  if (facts === undefined) throw new MusterError('conflict', 'The directory is none that is read.')
  const present = facts.run_id === null ? undefined : await findRun(tx, facts.run_id)
  const isBusy = present?.status === 'waiting' || present?.status === 'running'
  if (present !== undefined && isBusy) return { run: await joinRun(tx, present, request), isNew: false }
  return { run: await addRun(tx, directoryId, request, facts), isNew: true }
}

/** @throws MusterError `conflict` when what is under way is not what was asked for */
async function joinRun(tx: Transaction, run: SyncRun, request: RunRequest): Promise<SyncRun> {
  const { runId, directoryId, status, purpose } = run
  if (purpose !== request.purpose || run.undoesRunId !== (request.undoesRunId ?? null)) {
    throw new MusterError('conflict', `Another run (${purpose}) is under way: ${toTypeId('syncRun', runId)}.`)
  }
  const becomesFull = request.scan === 'full' && run.scan === 'delta'
  if (becomesFull && (status === 'running' || run.pages > 0)) {
    throw new MusterError(
      'conflict',
      `A run that reads changes only is under way: ${toTypeId('syncRun', runId)}. Ask again when it has ended.`,
    )
  }
  if (status === 'running') return run
  await tx.db
    .updateTable('sync_runs')
    .set({ occasion: request.occasion, updated_at: new Date(), ...(becomesFull && { scan: 'full' }) })
    .where('organization_id', '=', tx.organizationId)
    .where('run_id', '=', runId)
    .execute()
  await startSoon(tx, directoryId)
  return (await findRun(tx, runId)) ?? run
}

async function addRun(
  tx: Transaction,
  directoryId: string,
  { purpose, scan, undoesRunId, occasion }: RunRequest,
  facts: SyncFacts,
): Promise<SyncRun> {
  const runId = await insertRun(tx, directoryId, {
    ...{ purpose, occasion, undoesRunId },
    scan: scan === 'full' || facts.full_is_due ? 'full' : 'delta',
    cause: () => tx.cause,
  })
  await tx.db
    .updateTable('directory_syncs')
    .set({ run_id: runId })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .execute()
  await startSoon(tx, directoryId)
  appendAudit(tx, { action: `directory.${purpose}`, target: directoryId, detail: { runId } })
  const added = await findRun(tx, runId)
  if (added === undefined) throw new Error('A run is gone right after it was requested')
  return added
}

async function startSoon(tx: Transaction, directoryId: string): Promise<void> {
  await makeDue(tx, directoryId)
  await queueJob(tx, 'sync', directoryId)
}
