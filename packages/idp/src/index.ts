import { flaggedGroups } from './entra/flagged-groups.ts'
import { flaggedUsers } from './entra/flagged-users.ts'
import { legacyAttributes } from './entra/legacy-attributes.ts'
import { legacyDisabledMember } from './entra/legacy-disabled-member.ts'
import { legacyGroups } from './entra/legacy-groups.ts'
import { legacyLifecycle } from './entra/legacy-lifecycle.ts'
import { legacyManager } from './entra/legacy-manager.ts'
import { legacyProvisioning } from './entra/legacy-provisioning.ts'
import { legacyRoles } from './entra/legacy-roles.ts'
import { emptyGroupPush } from './okta/empty-group-push.ts'
import { groupPush } from './okta/group-push.ts'
import { lifecycle } from './okta/lifecycle.ts'
import { users } from './okta/users.ts'
import type { Transcript } from './transcript.ts'

export type { Json, JsonObject } from './json.ts'
export {
  absent,
  anyArray,
  anyInteger,
  anyString,
  contains,
  endsWith,
  exactly,
  not,
  unordered,
  unset,
} from './patterns.ts'
export { play } from './player.ts'
export { renderReport } from './render-report.ts'
export type { Outcome, Report, ReportEntry, ReportSection } from './report.ts'
export type { ManagementTarget, Target } from './target.ts'
export type {
  AnswerExpectation,
  Capture,
  Dialect,
  EventExpectation,
  FinalState,
  IdentityProvider,
  Query,
  ResourceExpectation,
  Step,
  Transcript,
  UserExpectation,
} from './transcript.ts'

/** Every transcript there is. A new one is a file in its identity provider's folder and a line here. */
export const transcripts: readonly Transcript[] = [
  users,
  lifecycle,
  groupPush,
  emptyGroupPush,
  legacyProvisioning,
  legacyAttributes,
  legacyManager,
  legacyRoles,
  legacyLifecycle,
  legacyDisabledMember,
  legacyGroups,
  flaggedUsers,
  flaggedGroups,
]
