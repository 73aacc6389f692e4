import {
  type BulkEntry,
  type BulkResult,
  type BulkStage,
  bulkResponse,
  type JsonObject,
  planBulk,
  readBulkRequest,
} from '@muster/scim'
import type { FastifyBaseLogger } from 'fastify'
import type { ScimContext } from '../scim-context.ts'
import { type BulkRun, outOfTime } from './bulk-run.ts'
import { bulkLimits, operationsTogetherMax } from './limits.ts'
import { runCircle } from './run-circle.ts'
import { runOperation } from './run-operation.ts'

/**
 * POST /Bulk (RFC 7644 §3.7): does the operations stage by stage and answers with the BulkResponse, in the order of the
 * request. Each operation is a transaction of its own. After failOnErrors failures the rest is left undone and out of
 * the answer; when `signal` aborts, the rest is left undone and answered as unavailable.
 * @throws as readBulkRequest
 */
export async function runBulk(
  context: ScimContext,
  body: unknown,
  options: { log: FastifyBaseLogger; signal: AbortSignal },
): Promise<JsonObject> {
  const { entries, failOnErrors } = readBulkRequest(body, context, bulkLimits)
  const run: BulkRun = { ...options, context, created: new Map() }
  const results: (BulkResult | undefined)[] = entries.map(() => undefined)
  let failuresLeft = failOnErrors ?? Number.POSITIVE_INFINITY
  for (const stage of planBulk(entries, { keepOrder: failOnErrors !== undefined })) {
    let rest = stage.positions
    while (rest.length > 0 && failuresLeft > 0) {
      const positions = rest.slice(0, sliceSize(stage, failuresLeft))
      rest = rest.slice(positions.length)
      const operations = positions.flatMap((position) => entries[position] ?? [])
      for (const [at, result] of (await runSlice(run, stage.kind, operations)).entries()) {
        results[positions[at] ?? 0] = result
        if (typeof result.outcome !== 'number') failuresLeft--
      }
    }
  }
  return bulkResponse(results.filter((result) => result !== undefined))
}

/** No more at once than may fail: the limit is then reached at the end of a slice, never in the middle of one. */
function sliceSize({ kind, positions }: BulkStage, failuresLeft: number): number {
  return kind === 'circle' ? positions.length : Math.min(operationsTogetherMax, failuresLeft)
}

function runSlice(run: BulkRun, kind: BulkStage['kind'], entries: readonly BulkEntry[]): Promise<BulkResult[]> {
  if (kind !== 'circle') return Promise.all(entries.map((entry) => runOperation(run, entry)))
  if (run.signal.aborted) return Promise.resolve(entries.map((entry) => outOfTime(run, entry)))
  return runCircle(
    run,
    entries.filter((entry) => entry.kind === 'operation'),
  )
}
