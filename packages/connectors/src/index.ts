export { type FieldMarks, markedFields } from './config-field.ts'
export type { CheckResult, Connector, ConnectorContext, ConnectorDefinition, ConnectorType } from './connector.ts'
export { ConnectorError, type ConnectorFailure, connectorFailures } from './connector-error.ts'
export type { DirectoryUser, FetchOptions } from './drain.ts'
export { fetchLdapUsers } from './ldap/fetch-ldap-users.ts'
export type {
  Notification,
  NotificationSupport,
  NotificationVerdict,
  Subscription,
} from './notifications.ts'
export type { Checkpoint, Page, RecordProblem } from './page.ts'
export { connectors } from './registry.ts'
export type {
  JsonValue,
  MemberKey,
  ResourceKey,
  SourceDocument,
  SourceGroup,
  SourceKey,
  SourceMembership,
  SourceRecord,
  SourceUser,
} from './source-record.ts'
