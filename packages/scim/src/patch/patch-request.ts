import { MusterError } from '@muster/runtime/errors'
import { readMessage, readMessagePart } from '../message.ts'
import type { Profile } from '../profile.ts'

const ops = ['add', 'remove', 'replace'] as const

type Op = (typeof ops)[number]

/** One operation as the client sent it; only its shape is checked. */
export interface Operation {
  op: Op
  /** Undefined when the operation has none. */
  path: string | undefined
  /** Undefined when the operation has none; null when the client said null. */
  value: unknown
  /** Where the operation stands, for error texts. */
  at: string
}

/**
 * Checks the shape of a PATCH body (RFC 7644 §3.5.2).
 * @throws `invalidSyntax` for a body that is no PatchOp, `invalidPath` for a path that is no text, `invalidValue` for
 *   an add or replace without a value
 */
export function readOperations(body: unknown, profile: Profile): Operation[] {
  const operations = readMessage(body, 'PatchOp', profile).get('operations')
  if (!Array.isArray(operations)) throw new MusterError('invalidSyntax', 'Operations must be a list')
  if (operations.length === 0 && !profile.emptyOperationsAreNoOp) {
    throw new MusterError('invalidSyntax', 'Operations must not be empty')
  }
  return operations.map((operation, index) => readOperation(operation, `Operations[${index}]`, profile))
}

function readOperation(operation: unknown, at: string, profile: Profile): Operation {
  const members = readMessagePart(operation, at)
  const op = readOp(members.get('op'), at, profile)
  const [path, value] = [members.get('path'), members.get('value')]
  if (path !== undefined && path !== null && typeof path !== 'string') {
    throw new MusterError('invalidPath', `${at}.path must be a string`)
  }
  if (op !== 'remove' && value === undefined) throw new MusterError('invalidValue', `${at}.value is required`)
  // Serializers write an absent path as null or as an empty string.
  return { op, path: path || undefined, value, at }
}

function readOp(raw: unknown, at: string, profile: Profile): Op {
  const text = typeof raw === 'string' && profile.anyCaseOp ? raw.toLowerCase() : raw
  const op = ops.find((known) => known === text)
  if (!op) throw new MusterError('invalidSyntax', `${at}.op must be one of ${ops.join(', ')}`)
  return op
}
