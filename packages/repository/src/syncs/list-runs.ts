import type { Reader } from '../database/read.ts'
import type { SyncPurpose, SyncStatus } from '../sync-tables.ts'
import { type RunRow, runColumns, type SyncRun, toRun } from './sync-run.ts'

/** Which runs of a directory; what is undefined narrows nothing. */
export interface RunQuery {
  directoryId: string
  purpose?: SyncPurpose | undefined
  status?: SyncStatus | undefined
}

/** A record that a run could not take in. */
export interface RunProblem {
  problemId: number
  code: string
  kind: 'user' | 'group' | 'membership'
  /** The id that the source gives it. */
  sourceId: string
  detail: string
}

/** A run; undefined when the organization has none of this id. */
export async function findRun({ db, organizationId }: Reader, runId: string): Promise<SyncRun | undefined> {
  const row = await db
    .selectFrom('sync_runs')
    .select(runColumns)
    .where('organization_id', '=', organizationId)
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return row && toRun(row as RunRow)
}

/** A page of a directory's runs, the newest first; `after` is the id of the last one before the page. */
export async function listRuns(
  reader: Reader,
  query: RunQuery,
  page: { after: string | undefined; limit: number },
): Promise<SyncRun[]> {
  let runs = runsOf(reader, query).select(runColumns).orderBy('run_id', 'desc').limit(page.limit)
  if (page.after !== undefined) runs = runs.where('run_id', '<', page.after)
  return (await runs.execute()).map((row) => toRun(row as RunRow))
}

export async function countRuns(reader: Reader, query: RunQuery): Promise<number> {
  const { count } = await runsOf(reader, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** A page of what a run could not take in, in the order in which it was found; `after` is a `problemId`. */
export async function listRunProblems(
  { db, organizationId }: Reader,
  runId: string,
  page: { after: number | undefined; limit: number },
): Promise<RunProblem[]> {
  let problems = db
    .selectFrom('sync_problems')
    .select(['problem_id', 'code', 'kind', 'source_id', 'detail'])
    .where('organization_id', '=', organizationId)
    .where('run_id', '=', runId)
    .orderBy('problem_id')
    .limit(page.limit)
  if (page.after !== undefined) problems = problems.where('problem_id', '>', page.after)
  const rows = await problems.execute()
  return rows.map(({ problem_id: problemId, source_id: sourceId, ...rest }) => ({ problemId, sourceId, ...rest }))
}

function runsOf({ db, organizationId }: Reader, { directoryId, purpose, status }: RunQuery) {
  let runs = db
    .selectFrom('sync_runs')
    .where('organization_id', '=', organizationId)
    .where('directory_id', '=', directoryId)
  if (purpose !== undefined) runs = runs.where('purpose', '=', purpose)
  if (status !== undefined) runs = runs.where('status', '=', status)
  return runs
}
