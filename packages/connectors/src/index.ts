export { fetchAwsUsers } from './aws/fetch-aws-users.ts'
export { type FieldMarks, markedFields } from './config-field.ts'
export type { CheckResult, Connector, ConnectorDefinition, ConnectorType } from './connector.ts'
export type { ConnectorContext } from './connector-context.ts'
export { ConnectorError, type ConnectorFailure, connectorFailures } from './connector-error.ts'
export { fetchEntraUsers } from './entra/fetch-entra-users.ts'
export type { DirectoryUser, FetchOptions } from './fetch-users.ts'
export { fetchGoogleUsers } from './google/fetch-google-users.ts'
export type { GoogleDocuments } from './google/google-documents.ts'
export { fetchLdapUsers } from './ldap/fetch-ldap-users.ts'
export { notificationAddress } from './notification-address.ts'
export type {
  Notification,
  NotificationSupport,
  NotificationVerdict,
  Subscription,
} from './notifications.ts'
export { fetchOktaUsers } from './okta/fetch-okta-users.ts'
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
