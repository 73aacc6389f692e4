import { MusterError } from '@muster/runtime/errors'
import { type BulkOperation, type BulkResult, type JsonObject, postponeReferences } from '@muster/scim'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import { type BulkRun, failed, idOf, noteCreated, resolved, succeeded } from './bulk-run.ts'
import { performances } from './perform.ts'

/** A resource that was created without the references that close the circle. */
interface Shell {
  operation: BulkOperation
  answer: ResourceAnswer
  /** The PatchOp that completes it. */
  later: JsonObject | undefined
}

/**
 * Creates resources that refer to each other (RFC 7644 §3.7.1): first without the references that cannot be resolved
 * yet, then those are added. A circle stands or falls as one: when an operation fails, what was created is deleted
 * again; that operation tells why, the others are conflicts.
 * @returns a result for each operation, in their order
 */
export async function runCircle(run: BulkRun, operations: readonly BulkOperation[]): Promise<BulkResult[]> {
  const shells: Shell[] = []
  const results: BulkResult[] = []
  let current: BulkOperation | undefined
  try {
    const circle = new Set(operations.map(({ bulkId }) => bulkId))
    for (const operation of operations) {
      current = operation
      shells.push(await createShell(run, operation, (bulkId) => circle.has(bulkId) && !run.created.has(bulkId)))
    }
    for (const shell of shells) {
      current = shell.operation
      results.push(succeeded(run, shell.operation, await complete(run, shell)))
    }
    return results
  } catch (error) {
    const survivors = await deleteShells(run, shells)
    const conflict = new MusterError(
      'conflict',
      'This operation and another one refer to each other, and that one failed.',
    )
    return operations.map((operation) =>
      failed(run, operation, survivors.get(operation) ?? (operation === current ? error : conflict)),
    )
  }
}

async function createShell(
  run: BulkRun,
  operation: BulkOperation,
  isPending: (bulkId: string) => boolean,
): Promise<Shell> {
  const { type } = operation.target
  const { now, later } = postponeReferences(operation.data, run.context.dialect.types[type], isPending)
  const answer = await performances[type].POST(run.context, { data: resolved(run, now) })
  noteCreated(run, operation, answer)
  return { operation, answer, later }
}

/** Answers with the version in which the resource is in the end. */
async function complete(run: BulkRun, { operation, answer, later }: Shell): Promise<ResourceAnswer> {
  if (later === undefined) return answer
  return performances[operation.target.type].PATCH(run.context, { data: resolved(run, later) }, idOf(answer))
}

/** Deletes what was created of a circle that failed. Answers with what could not be, because the database is away. */
async function deleteShells(run: BulkRun, shells: readonly Shell[]): Promise<Map<BulkOperation, unknown>> {
  const survivors = new Map<BulkOperation, unknown>()
  for (const { operation, answer } of shells) {
    if (operation.bulkId !== undefined) run.created.delete(operation.bulkId)
    try {
      await performances[operation.target.type].DELETE(run.context, {}, idOf(answer))
    } catch (error) {
      survivors.set(operation, error)
    }
  }
  return survivors
}
