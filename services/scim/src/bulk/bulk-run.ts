import { MusterError } from '@muster/runtime/errors'
import { toMusterError } from '@muster/runtime/http/errors'
import {
  type BulkEntry,
  type BulkOperation,
  type BulkResult,
  type JsonObject,
  type ReferencedResource,
  referencedBulkId,
  replaceReferences,
} from '@muster/scim'
import type { FastifyBaseLogger } from 'fastify'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import type { ScimContext } from '../scim-context.ts'
import { successStatuses } from './perform.ts'

/** What the operations of one bulk request share. */
export interface BulkRun {
  readonly context: ScimContext
  readonly log: FastifyBaseLogger
  /** Aborted when nothing more may be begun. */
  readonly signal: AbortSignal
  /** The resources this request has created so far, by bulkId: a map, so that no bulkId reaches a prototype. */
  readonly created: Map<string, ReferencedResource>
}

/** @throws `invalidValue` when data refers to what this request did not create */
export function resolved({ created }: BulkRun, data: JsonObject): JsonObject {
  return replaceReferences(data, (bulkId) => resourceOf(created, bulkId)) as JsonObject
}

/** The id of the resource that an operation is about; empty for POST. @throws `invalidValue` as `resolved` */
export function targetId({ created }: BulkRun, { target: { id = '' } }: BulkOperation): string {
  const bulkId = referencedBulkId(id)
  return bulkId === undefined ? id : resourceOf(created, bulkId).id
}

/** Makes a new resource known to the operations that refer to it. */
export function noteCreated({ created }: BulkRun, { bulkId }: BulkOperation, answer: ResourceAnswer): void {
  if (bulkId !== undefined) created.set(bulkId, { id: idOf(answer), location: answer.location })
}

/** The last part of a resource's address. */
export function idOf({ location }: ResourceAnswer): string {
  return location.slice(location.lastIndexOf('/') + 1)
}

export function succeeded(run: BulkRun, operation: BulkOperation, answer: ResourceAnswer | undefined): BulkResult {
  const { method, bulkId } = operation
  const location = answer?.location ?? locationOf(run, operation)
  return { method, bulkId, location, version: answer?.version, outcome: successStatuses[method] }
}

/** What went wrong with an operation; the log gets the cause, as of any request. */
export function failed(run: BulkRun, entry: BulkEntry, thrown: unknown): BulkResult {
  const error = toMusterError(thrown)
  if (error.code === 'internal') run.log.error({ err: thrown }, 'bulk operation failed')
  else if (error.cause !== undefined) run.log.warn({ err: error.cause }, 'bulk operation failed')
  const { method, bulkId } = entry
  return { method, bulkId, location: locationOf(run, entry), version: undefined, outcome: error }
}

/** An operation that was not begun because the request took too long. */
export function outOfTime(run: BulkRun, entry: BulkEntry): BulkResult {
  return failed(
    run,
    entry,
    new MusterError('unavailable', 'The bulk request took too long; this operation was not begun. Send it again.'),
  )
}

function resourceOf(created: BulkRun['created'], bulkId: string): ReferencedResource {
  const resource = created.get(bulkId)
  if (resource === undefined) {
    throw new MusterError('invalidValue', 'A bulkId that this operation refers to is of no resource that was created.')
  }
  return resource
}

/** The address that an operation is about, its reference replaced where that is possible; none for a POST. */
function locationOf({ context, created }: BulkRun, { method, target }: BulkEntry): string | undefined {
  if (target?.id === undefined || method === 'POST') return undefined
  const id = created.get(referencedBulkId(target.id) ?? '')?.id ?? target.id
  return `${context.baseUrl}${target.endpoint}/${id}`
}
