import { MusterError } from '@muster/runtime/errors'
import type { Dialect } from '../dialect.ts'
import { countTerms } from '../filter/count-terms.ts'
import type { JsonObject } from '../json.ts'
import { applySteps } from './apply-steps.ts'
import { expandOperations } from './expand-operations.ts'
import { readOperations } from './patch-request.ts'
import { planStep } from './plan-step.ts'

/**
 * A PATCH of a user may have this many operations and filter terms together. Each may look at every element of an
 * attribute, of which there are at most 500.
 */
const maxOperationsAndTerms = 1_000

/**
 * Applies a PATCH body to a user's document (RFC 7644 §3.5.2): operations in order, all or none.
 * @param current a document as `parseUser` returns it; it is not touched
 * @returns the new document, and whether it differs at all
 * @throws `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`, `noTarget`;
 *   `payloadTooLarge` for more than 1,000 operations and filter terms
 */
export function patchUser(current: JsonObject, body: unknown, { types, profile }: Dialect) {
  const targeted = expandOperations(readOperations(body, profile), types.user, profile)
  const work = targeted.reduce((sum, { path }) => sum + 1 + (path.filter ? countTerms(path.filter) : 0), 0)
  if (work > maxOperationsAndTerms) {
    throw new MusterError('payloadTooLarge', `A PATCH has at most ${maxOperationsAndTerms} operations and filter terms`)
  }
  const steps = targeted.flatMap((operation) => planStep(operation, types.user, profile) ?? [])
  return applySteps(current, steps, types.user)
}
