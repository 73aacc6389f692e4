import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { applySteps } from './apply-steps.ts'
import { checkWork } from './check-work.ts'
import { expandOperations } from './expand-operations.ts'
import { readOperations } from './patch-request.ts'
import { planStep } from './plan-step.ts'

/**
 * Applies a PATCH body to a user's document (RFC 7644 §3.5.2): operations in order, all or none.
 * @param current a document as `parseUser` returns it; it is not touched
 * @returns the new document, and whether it differs at all
 * @throws `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`, `noTarget`;
 *   `payloadTooLarge` for more than 1,000 operations and filter terms
 */
export function patchUser(current: JsonObject, body: unknown, { types, profile }: Dialect) {
  const operations = expandOperations(readOperations(body, profile), types.user, profile)
  checkWork(operations)
  const steps = operations.flatMap((operation) => planStep(operation, types.user, profile) ?? [])
  return applySteps(current, steps, types.user)
}
