export { assertDatabaseIsSafe, isDatabaseReady } from './administration/health.ts'
export { migrate } from './administration/migrate.ts'
export { cloneDatabase, dropDatabase, provisionDatabase } from './administration/provision.ts'
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
export { type EventView, listEvents } from './events/list-events.ts'
export type { DirectoryPlace } from './filters/subject.ts'
export type { List, ListPage, ListPosition, ListSelection, SortKey } from './listing/list.ts'
export { type DirectoryResource, listDirectoryResources } from './listing/list-resources.ts'
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
  type Directory,
  findDirectory,
  listDirectories,
  setDirectoryPaused,
  updateDirectory,
} from './organizations/directories.ts'
export { openDirectoryConfig, sealDirectoryConfig } from './organizations/directory-config.ts'
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
export { settlePeople } from './people/settle-people.ts'
export type { GroupQuery } from './people-lists/group-criteria.ts'
export { countGroups, countGroupUsers, findGroup, listGroups } from './people-lists/list-groups.ts'
export { countUsers, findUser, listUsers } from './people-lists/list-users.ts'
export type { UserQuery } from './people-lists/user-criteria.ts'
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
