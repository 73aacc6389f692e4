export { assertDatabaseIsSafe, isDatabaseReady } from './administration/health.ts'
export { migrate } from './administration/migrate.ts'
export { cloneDatabase, dropDatabase, provisionDatabase } from './administration/provision.ts'
export { type DayTally, listDailyTallies, listInstallationTallies } from './analytics/daily-tallies.ts'
export type { DayRange } from './analytics/day-range.ts'
export { countDirectories, type DirectoryTally, listDirectoryTallies } from './analytics/directory-tallies.ts'
export type { Tally } from './analytics/tally.ts'
export { tallyLog, tallyNow } from './analytics/tally-log.ts'
export type { AuditEntryView } from './audit/entry-view.ts'
export { listAuditHeads, verifyAuditTrails } from './audit/every-trail.ts'
export { type AuditHead, findAuditHead } from './audit/head.ts'
export { type AuditQuery, countAudit, listAudit } from './audit/list.ts'
export { auditFaults } from './audit/recompute.ts'
export { type AuditVerdict, verifyAudit } from './audit/verify.ts'
export { type ApiKey, addApiKey, listApiKeys, revokeApiKey } from './credentials/api-keys.ts'
export {
  type ApiPrincipal,
  authenticateApiKey,
  authenticateScimToken,
  type OperatorRight,
  type ScimPrincipal,
} from './credentials/authenticate.ts'
export {
  addDirectoryToken,
  type DirectoryToken,
  listDirectoryTokens,
  revokeDirectoryToken,
  touchDirectoryToken,
} from './credentials/directory-tokens.ts'
export { warnOfExpiringTokens } from './credentials/expiring-tokens.ts'
export { createOperatorKey } from './credentials/operator-keys.ts'
export { type Database, openDatabase } from './database/database.ts'
export { openJobQueuePool } from './database/job-queue-pool.ts'
export type { OrganizationScope } from './database/organization-scope.ts'
export { type Reader, read } from './database/read.ts'
export { transact } from './database/transact.ts'
export type { Transaction } from './database/transaction.ts'
export { changeMembers } from './directory-groups/change-members.ts'
export { type GroupMember, listGroupMembers } from './directory-groups/member-pages.ts'
export { findUnknownMembers } from './directory-groups/members.ts'
export {
  type DirectoryGroupRow,
  findDirectoryGroup,
  listDirectoryGroups,
} from './directory-groups/read.ts'
export {
  createDirectoryGroup,
  deleteDirectoryGroup,
  finishDirectoryGroup,
  lockDirectoryGroup,
} from './directory-groups/write.ts'
export type { DirectoryUserDraft } from './directory-users/columns.ts'
export { createDirectoryUsers, type Stored } from './directory-users/create.ts'
export { deleteDirectoryUsers } from './directory-users/delete.ts'
export { type LockedDirectoryUser, lockDirectoryUsers } from './directory-users/lock.ts'
export { foundMax, lookUpDirectoryUsers, lookUpOf, type UserLookUp } from './directory-users/look-up.ts'
export { type DirectoryUserRow, listDirectoryUsers } from './directory-users/read.ts'
export { updateDirectoryUsers } from './directory-users/update.ts'
export { keepEventLog } from './events/keep-event-log.ts'
export { lastSequence } from './events/last-sequence.ts'
export { type EventView, listEvents } from './events/list-events.ts'
export { readLog } from './events/read-log.ts'
export { readSnapshot, type SnapshotPart } from './events/read-snapshot.ts'
export { type AbsenceExplanation, explainAbsence } from './explain/explain-absence.ts'
export { explainUser, type UserExplanation } from './explain/explain-user.ts'
export type { AbsenceKey } from './explain/found-users.ts'
export { explainReasons } from './explain/reasons.ts'
export type { DirectoryPlace } from './filters/subject.ts'
export { advanceFollower, type FollowerPosition } from './followers/advance-follower.ts'
export { addFollower, type Follower, removeFollower } from './followers/follower.ts'
export { lastSequences } from './followers/last-sequences.ts'
export { listBehind } from './followers/list-behind.ts'
export { approveHold, rejectHold } from './holds/decide-hold.ts'
export { countHolds, findHold, type HoldQuery, listHolds } from './holds/find-holds.ts'
export { type HeldChange, type HeldPosition, listHeldChanges } from './holds/held-changes.ts'
export type { Hold } from './holds/hold.ts'
export { openRunHold } from './holds/open-run-hold.ts'
export { remindOfHolds } from './holds/remind-holds.ts'
export {
  askHookAgain,
  createHook,
  deleteHook,
  type HookChanges,
  type HookDraft,
  rotateHookSecret,
  updateHook,
} from './hooks/change-hooks.ts'
export { findHook, type Hook, listHooks } from './hooks/hook.ts'
export { type HookMessage, hookMessage } from './hooks/hook-message.ts'
export { openHookSecrets } from './hooks/hook-secrets.ts'
export { type HookDecision, readDecisions } from './hooks/read-decisions.ts'
export { sampleUser } from './hooks/sample-user.ts'
export { finishTelling, nextTelling, type Telling } from './hooks/tell-created.ts'
export { queueDueJobs } from './jobs/directory-jobs.ts'
export { countsOf } from './listing/directory-counts.ts'
export type { List, ListPage, ListPosition, ListSelection, SortKey } from './listing/list.ts'
export { type DirectoryResource, listDirectoryResources } from './listing/list-resources.ts'
export type { ChannelKind, StoredSubscription } from './notification-tables.ts'
export { disableChannel, enableChannel, rotateChannel } from './notifications/change-channel.ts'
export { findChannel, type NotificationChannel } from './notifications/channel.ts'
export { hashChannelSecret, isChannelSecret, newChannelSecret } from './notifications/channel-secret.ts'
export { type ChannelWork, claimChannel } from './notifications/claim-channel.ts'
export { failChannel, finishChannel, storeSubscriptions } from './notifications/finish-channel.ts'
export { pokeDirectory } from './notifications/poke-directory.ts'
export {
  type AddressedChannel,
  findAddressedChannel,
  noteRefused,
  receiveNotification,
} from './notifications/receive.ts'
export {
  deleteExtensionSchema,
  putExtensionSchema,
} from './organizations/change-extension-schemas.ts'
export { type RootKeys, rewrapDataKeys } from './organizations/data-keys.ts'
export { deleteDirectory } from './organizations/delete-directory.ts'
export type { DialectSettings } from './organizations/dialect-settings.ts'
export {
  activateDirectory,
  createDirectory,
  type DirectoryChanges,
  findDirectory,
  listDirectories,
  listTestDirectories,
  setDirectoryPaused,
  updateDirectory,
} from './organizations/directories.ts'
export type { Directory } from './organizations/directory.ts'
export {
  type ConfigKind,
  changeDirectoryConfig,
  openDirectoryConfig,
  sealDirectoryConfig,
} from './organizations/directory-config.ts'
export {
  clearDirectoryError,
  reportSyncCompleted,
  reportSyncFailed,
  type SyncError,
  type SyncStats,
  setDirectoryError,
} from './organizations/directory-health.ts'
export {
  findExtensionSchema,
  listExtensionSchemas,
  loadExtensionSchemas,
  type RegisteredSchema,
} from './organizations/extension-schemas.ts'
export {
  chooseOrganization,
  createOrganization,
  getOrganization,
  listOrganizations,
  type Organization,
  updateOrganization,
} from './organizations/organizations.ts'
export { countWrappedKeys, rewrapEveryKey, rotateEverySecret } from './organizations/rotate-secrets.ts'
export { type ArrivalQuestion, nextArrivalRound, queueArrivals } from './people/arrivals/arrival-round.ts'
export { finishArrivals } from './people/arrivals/finish-arrivals.ts'
export { type Arrival, type ArrivalState, countArrivals, listArrivals } from './people/arrivals/list-arrivals.ts'
export { erasePerson } from './people/erasure/erase-person.ts'
export { createPerson, type PersonDraft } from './people/manual/create.ts'
export { type PersonChanges, updatePerson } from './people/manual/update.ts'
export { settlePeople } from './people/settling/settle-people.ts'
export type { GroupQuery } from './people-lists/group-criteria.ts'
export { countGroups, countGroupUsers, findGroup, listGroups } from './people-lists/list-groups.ts'
export { countUsers, findUser, listUsers } from './people-lists/list-users.ts'
export type { UserQuery } from './people-lists/user-criteria.ts'
export { applyNext } from './reconcile/applying/apply-next.ts'
export { dropStage } from './reconcile/drop-stage.ts'
export { finishReconcile } from './reconcile/finish-reconcile.ts'
export { judgeRun } from './reconcile/judging/judge-run.ts'
export { releaseNext } from './reconcile/judging/release-next.ts'
export { planRun } from './reconcile/planning/plan-run.ts'
export { restartReading } from './reconcile/restart-reading.ts'
export { stagePage } from './reconcile/stage-page.ts'
export type {
  SaidGroup,
  SaidUser,
  StagedEdge,
  StagedPage,
  StagedProblem,
  StagedRecord,
} from './reconcile/staged-page.ts'
export {
  createRoleMapping,
  deleteRoleMapping,
  type MappingChange,
  updateRoleMapping,
} from './roles/change-role-mappings.ts'
export { countRoles, type ListedRole, listRoles } from './roles/list-roles.ts'
export { assignRole, removeRole } from './roles/manual-roles.ts'
export { previewRoleMapping, type RoleImpact } from './roles/preview-role-mapping.ts'
export { countRoleMappings, findRoleMapping, listRoleMappings, type RoleMapping } from './roles/role-mapping.ts'
export {
  countScimRequests,
  findScimRequest,
  listScimRequests,
  type ScimRequestDetail,
  type ScimRequestQuery,
  type ScimRequestView,
} from './scim-requests/list.ts'
export { pruneScimRequests } from './scim-requests/prune.ts'
export { type ScimRequestDraft, ScimRequestStore } from './scim-requests/store.ts'
export { applyPending } from './settings/apply-pending.ts'
export { type AttributePaths, listAttributePaths } from './settings/attribute-paths.ts'
export { changeSettings, type SettingsOutcome, settleEverybody } from './settings/change-settings.ts'
export { resolveDirectoryOrder, unknownDirectory } from './settings/directory-order.ts'
export type { SettingsChange } from './settings/plan-basis.ts'
export type { Impact } from './settings/plan-impact.ts'
export { type MappingTrial, tryMapping } from './settings/plan-mapping.ts'
export { previewSettings } from './settings/plan-preview.ts'
export { finishSettlement, finishSettlementByJob } from './settlements/advance-settlement.ts'
export {
  countSettlements,
  findSettlement,
  listSettlements,
  type Settlement,
  type SettlementQuery,
} from './settlements/settlement.ts'
export { watchSilence } from './silence/watch-silence.ts'
export { activateAgain } from './simulation/activate-again.ts'
export { chooseDirectoryGroup, chooseDirectoryUser, type GroupChoice, type UserChoice } from './simulation/choose.ts'
export { type ToldEvent, transactAndTell } from './simulation/transact-and-tell.ts'
export type { SyncPhase } from './sync-tables.ts'
export { type ClaimedRun, claimRun } from './syncs/claim-run.ts'
export { failRun, finishRun, giveRunBack, retryRun } from './syncs/end-run.ts'
export { extendLease } from './syncs/extend-lease.ts'
export { findSource } from './syncs/find-source.ts'
export { type Lease, LeaseLost } from './syncs/lease.ts'
export {
  type ChangedGroup,
  type ChangedUser,
  listRunChanges,
  type RunChange,
  type RunChangePosition,
} from './syncs/list-run-changes.ts'
export { countRuns, findRun, listRunProblems, listRuns, type RunProblem, type RunQuery } from './syncs/list-runs.ts'
export { planImpact, type RunImpact } from './syncs/plan-impact.ts'
export { pruneRuns } from './syncs/prune-runs.ts'
export { type RunRequest, requestRun } from './syncs/request-run.ts'
export { requestUndo } from './syncs/request-undo.ts'
export type { RunError, SyncRun } from './syncs/sync-run.ts'
export { type SyncSettings, updateSyncSettings } from './syncs/sync-settings.ts'
export { planUndo } from './undo/plan-undo.ts'
export { undoNext } from './undo/undo-next.ts'
export { beginWebhookTest } from './webhooks/begin-test.ts'
export {
  createWebhook,
  deleteWebhook,
  updateWebhook,
  type WebhookChanges,
  type WebhookDraft,
} from './webhooks/change-endpoints.ts'
export type { AttemptRecord, ClaimedDelivery, FinishedAttempt } from './webhooks/delivery.ts'
export { type DeliveryRound, deliveryRound } from './webhooks/delivery-round.ts'
export { countWebhooks, findWebhook, listWebhooks, type WebhookEndpoint } from './webhooks/endpoint.ts'
export { fanOut } from './webhooks/fan-out.ts'
export {
  countDeliveries,
  type Delivery,
  type DeliveryQuery,
  findDelivery,
  listDeliveries,
} from './webhooks/list-deliveries.ts'
export { pruneDeliveries } from './webhooks/prune-deliveries.ts'
export { redeliver } from './webhooks/redeliver.ts'
export { replayWebhook } from './webhooks/replay-webhook.ts'
export { rotateWebhookSecret } from './webhooks/rotate-secret.ts'
export { disableWebhook, enableWebhook } from './webhooks/set-endpoint-status.ts'
