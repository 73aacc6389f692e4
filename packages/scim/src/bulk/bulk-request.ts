import { MusterError } from '@muster/runtime/errors'
import { readMessage, readMessagePart } from '../message.ts'
import { type BulkEntry, readBulkEntry } from './bulk-operation.ts'
import type { BulkSetting } from './bulk-target.ts'

interface BulkRequest {
  readonly entries: readonly BulkEntry[]
  /** After how many failed operations the others are left undone; undefined for never. */
  readonly failOnErrors: number | undefined
}

/**
 * Reads the body of POST /Bulk (RFC 7644 §3.7).
 * @throws `invalidSyntax` for what is no BulkRequest (an operation that is no object or has a member twice makes it none),
 *   `invalidValue` for failOnErrors, `payloadTooLarge` for too many operations; what else is wrong with a single operation
 *   is in its entry
 */
export function readBulkRequest(body: unknown, setting: BulkSetting, limits: { maxOperations: number }): BulkRequest {
  const members = readMessage(body, 'BulkRequest', setting.dialect.profile)
  const failOnErrors = readFailOnErrors(members.get('failonerrors'))
  const operations = members.get('operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new MusterError('invalidSyntax', 'Operations must be a list of at least one operation')
  }
  if (operations.length > limits.maxOperations) {
    const detail = `The request has ${operations.length} operations, more than maxOperations (${limits.maxOperations}).`
    throw new MusterError('payloadTooLarge', detail)
  }
  const entries = operations.map((raw: unknown, index) => {
    const at = `Operations[${index}]`
    return readBulkEntry(readMessagePart(raw, at), at, setting)
  })
  return { entries: refuseRepetitions(entries), failOnErrors }
}

/** Serializers write an absent number as null. */
function readFailOnErrors(raw: unknown): number | undefined {
  if (raw === undefined || raw === null) return undefined
  if (typeof raw === 'number' && Number.isSafeInteger(raw) && raw > 0) return raw
  throw new MusterError('invalidValue', 'failOnErrors must be a whole number above 0')
}

/** A bulkId names one operation (RFC 7644 §3.7.2): the first that has it. */
function refuseRepetitions(entries: readonly BulkEntry[]): BulkEntry[] {
  const taken = new Set<string>()
  return entries.map((entry, index): BulkEntry => {
    const { method, bulkId, target } = entry
    if (bulkId === undefined) return entry
    if (!taken.has(bulkId)) {
      taken.add(bulkId)
      return entry
    }
    const error = new MusterError('invalidValue', `Operations[${index}].bulkId is the one of an earlier operation`)
    return { kind: 'refused', method, bulkId, target, error }
  })
}
