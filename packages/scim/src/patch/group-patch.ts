import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { applySteps } from './apply-steps.ts'
import { checkWork } from './check-work.ts'
import { expandOperations, type TargetedOperation } from './expand-operations.ts'
import { coalesce, type MemberStep, memberSteps } from './member-steps.ts'
import { readOperations } from './patch-request.ts'
import { planStep } from './plan-step.ts'
import type { Step } from './step.ts'

/** A PATCH of a group, planned without its members: what to do to its attributes, and what to do to its members. */
export interface GroupPatchPlan {
  /** For `patchGroupAttributes`, in order. */
  readonly attributes: readonly Step[]
  /** To be done in order, each as one set: ids are unique within a step, and neighbours of one kind are joined. */
  readonly members: readonly MemberStep[]
}

/**
 * Plans a PATCH of a group (RFC 7644 §3.5.2). It never needs the members, however many there are, and takes time in
 * proportion to the body.
 * @throws `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`, `noTarget`;
 *   `payloadTooLarge` for more than 1,000 operations and filter terms on anything but members
 */
export function planGroupPatch(body: unknown, { types, profile }: Dialect): GroupPatchPlan {
  const operations = expandOperations(readOperations(body, profile), types.group, profile)
  const [onMembers, onAttributes] = [operations.filter(isOnMembers), operations.filter((one) => !isOnMembers(one))]
  checkWork(onAttributes)
  return {
    attributes: onAttributes.flatMap((operation) => planStep(operation, types.group, profile) ?? []),
    members: coalesce(onMembers.flatMap((operation) => memberSteps(operation, profile))),
  }
}

/**
 * Applies the attribute part of a plan to a group's document, which is not touched.
 * @returns the new document, and whether it differs at all
 */
export function patchGroupAttributes(
  current: JsonObject,
  plan: Pick<GroupPatchPlan, 'attributes'>,
  { types }: Dialect,
) {
  return applySteps(current, plan.attributes, types.group)
}

/** An extension may have an attribute of that name as well. */
function isOnMembers({ path }: TargetedOperation): boolean {
  return path.extension === undefined && path.attribute.name === 'members'
}
