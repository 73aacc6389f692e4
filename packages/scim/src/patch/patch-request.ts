import { MusterError } from '@muster/runtime/errors'
import { isObject, shownName } from '../json.ts'
import type { Profile } from '../profile.ts'

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:patchop'
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
  if (!isObject(body)) throw new MusterError('invalidSyntax', 'The body must be a JSON object')
  const { schemas, operations } = lowerCaseKeys(body, 'The body')
  checkMessageSchema(schemas, profile)
  if (!Array.isArray(operations)) throw new MusterError('invalidSyntax', 'Operations must be a list')
  if (operations.length === 0 && !profile.emptyOperationsAreNoOp) {
    throw new MusterError('invalidSyntax', 'Operations must not be empty')
  }
  return operations.map((operation, index) => readOperation(operation, `Operations[${index}]`, profile))
}

function checkMessageSchema(schemas: unknown, profile: Profile): void {
  if (profile.optionalSchemas && (schemas === undefined || schemas === null)) return
  const urns = Array.isArray(schemas) ? schemas : [schemas]
  if (urns.some((urn) => typeof urn === 'string' && urn.toLowerCase() === patchSchema)) return
  throw new MusterError('invalidSyntax', 'schemas must name the PatchOp message')
}

function readOperation(operation: unknown, at: string, profile: Profile): Operation {
  if (!isObject(operation)) throw new MusterError('invalidSyntax', `${at} must be an object`)
  const { op: rawOp, path, value } = lowerCaseKeys(operation, at)
  const op = readOp(rawOp, at, profile)
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

/** Message attributes are found in any case (RFC 7643 §2.1). Without a prototype, so that no name reaches one. */
function lowerCaseKeys(object: Record<string, unknown>, at: string): Record<string, unknown> {
  const lowered: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(object)) {
    if (name.toLowerCase() in lowered) throw new MusterError('invalidSyntax', `${at} has ${shownName(name)} twice`)
    lowered[name.toLowerCase()] = value
  }
  return lowered
}
