import { MusterError } from '@muster/runtime/errors'
import { countTerms } from '../filter/count-terms.ts'
import type { TargetedOperation } from './expand-operations.ts'

/** Each operation and filter term may look at every element of an attribute, of which there are at most 500. */
const maxOperationsAndTerms = 1_000

/** Bounds what a PATCH of a document may cost. @throws `payloadTooLarge` */
export function checkWork(operations: readonly TargetedOperation[]): void {
  const work = operations.reduce((sum, { path }) => sum + 1 + (path.filter ? countTerms(path.filter) : 0), 0)
  if (work <= maxOperationsAndTerms) return
  throw new MusterError('payloadTooLarge', `A PATCH has at most ${maxOperationsAndTerms} operations and filter terms`)
}
