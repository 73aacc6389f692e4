import type { BulkEntry, BulkOperation, BulkResult } from '@muster/scim'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import { parseEntityTags } from '../requests/preconditions.ts'
import { type BulkRun, failed, noteCreated, outOfTime, resolved, succeeded, targetId } from './bulk-run.ts'
import { performances } from './perform.ts'

/** Does one operation, in a transaction of its own. Never throws: what goes wrong is its result. */
export async function runOperation(run: BulkRun, entry: BulkEntry): Promise<BulkResult> {
  if (run.signal.aborted) return outOfTime(run, entry)
  if (entry.kind === 'refused') return failed(run, entry, entry.error)
  try {
    return succeeded(run, entry, await perform(run, entry))
  } catch (error) {
    return failed(run, entry, error)
  }
}

async function perform(run: BulkRun, operation: BulkOperation): Promise<ResourceAnswer | undefined> {
  const { method, target, version } = operation
  const verbs = performances[target.type]
  const write = { data: resolved(run, operation.data), expected: parseEntityTags(version) }
  if (method === 'POST') {
    const answer = await verbs.POST(run.context, write)
    noteCreated(run, operation, answer)
    return answer
  }
  return (await verbs[method](run.context, write, targetId(run, operation))) ?? undefined
}
