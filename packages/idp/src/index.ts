import { syncedGroups } from './authentik/groups.ts'
import { syncedUsers } from './authentik/users.ts'
import { flaggedGroups } from './entra/flagged-groups.ts'
import { flaggedUsers } from './entra/flagged-users.ts'
import { inboundPoller } from './entra/inbound-poller.ts'
import { legacyAttributes } from './entra/legacy-attributes.ts'
import { legacyCustomAttributes } from './entra/legacy-custom-attributes.ts'
import { legacyDisabledMember } from './entra/legacy-disabled-member.ts'
import { legacyGroups } from './entra/legacy-groups.ts'
import { legacyLifecycle } from './entra/legacy-lifecycle.ts'
import { legacyManager } from './entra/legacy-manager.ts'
import { legacyProvisioning } from './entra/legacy-provisioning.ts'
import { legacyRoles } from './entra/legacy-roles.ts'
import { legacyStrangers } from './entra/legacy-strangers.ts'
import { validatorGroups } from './entra/validator-groups.ts'
import { validatorPreview } from './entra/validator-preview.ts'
import { validatorUsers } from './entra/validator-users.ts'
import { connectionTest } from './jumpcloud/connection-test.ts'
import { provisioning } from './jumpcloud/provisioning.ts'
import { customAppUpdates } from './okta/custom-app.ts'
import { emptyGroupPush } from './okta/empty-group-push.ts'
import { entitlementsProbe } from './okta/entitlements-probe.ts'
import { groupPush } from './okta/group-push.ts'
import { lifecycle } from './okta/lifecycle.ts'
import { specTestAssertions } from './okta/spec-test.ts'
import { users } from './okta/users.ts'
import { ruleGroups } from './onelogin/groups.ts'
import { templateUsers } from './onelogin/users.ts'
import { federateGroups } from './ping/federate-groups.ts'
import { federateUsers } from './ping/federate-users.ts'
import { outbound } from './ping/one.ts'
import { patchedGroups, putGroups } from './rippling/groups.ts'
import { probe } from './rippling/probe.ts'
import { retries } from './rippling/retries.ts'
import { aggregation } from './sailpoint/aggregation.ts'
import { accountChanges } from './sailpoint/provisioning.ts'
import type { Transcript } from './transcript.ts'

export type { Certainty, Evidence } from './evidence.ts'
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
  customAppUpdates,
  entitlementsProbe,
  specTestAssertions,
  legacyProvisioning,
  legacyAttributes,
  legacyManager,
  legacyRoles,
  legacyLifecycle,
  legacyDisabledMember,
  legacyGroups,
  legacyCustomAttributes,
  legacyStrangers,
  flaggedUsers,
  flaggedGroups,
  validatorUsers,
  validatorGroups,
  validatorPreview,
  inboundPoller,
  templateUsers,
  ruleGroups,
  connectionTest,
  provisioning,
  federateUsers,
  federateGroups,
  outbound,
  probe,
  retries,
  patchedGroups,
  putGroups,
  syncedUsers,
  syncedGroups,
  aggregation,
  accountChanges,
]
