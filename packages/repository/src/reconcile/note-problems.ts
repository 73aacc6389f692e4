import type pg from 'pg'
import type { StagedProblem } from './staged-page.ts'

/** Problems that a run lists at most; it counts all. */
export const problemsListedMax = 1_000
/** Characters of a text that comes from outside. */
const charactersMax = 500

/**
 * Adds to the problems of a run that is locked by whoever calls; one that is listed already is not told again: who takes up reading may come by
 * it once more. No statement for none.
 */
export async function noteProblems(
  client: Pick<pg.PoolClient, 'query'>,
  { organizationId, runId }: { organizationId: string; runId: string },
  problems: readonly StagedProblem[],
): Promise<void> {
  if (problems.length === 0) return
  const rows = problems.slice(0, problemsListedMax).map((problem) => ({
    ...problem,
    sourceId: problem.sourceId.slice(0, charactersMax),
    detail: problem.detail.slice(0, charactersMax),
  }))
  await client.query(
    `WITH told AS MATERIALIZED (
       SELECT code, kind, "sourceId", detail, row_number() OVER () AS place
       FROM json_to_recordset($4::json) AS told (code text, kind text, "sourceId" text, detail text)
       WHERE NOT EXISTS (SELECT FROM sync_problems known WHERE known.organization_id = $1 AND known.run_id = $2
         AND known.code = told.code AND known.kind = told.kind AND known.source_id = told."sourceId" AND known.detail = told.detail)
     ),
     counted AS (
       UPDATE sync_runs SET problem_count = problem_count + more.count
       FROM (SELECT count(*) + $3 AS count FROM told) more WHERE organization_id = $1 AND run_id = $2
       RETURNING problem_count - more.count AS before
     )
     INSERT INTO sync_problems (organization_id, run_id, problem_id, code, kind, source_id, detail)
     SELECT $1::uuid, $2::uuid, before + place, code, kind, "sourceId", detail FROM counted, told
     WHERE before + place <= ${problemsListedMax}`,
    [organizationId, runId, problems.length - rows.length, JSON.stringify(rows)],
  )
}
