import type { ConnectorDefinition } from '../connector.ts'
import { assertGoogleConfig } from './assert-config.ts'
import { googleConfig } from './config.ts'
import { googleNotifications } from './notifications.ts'

/** Google Workspace and Cloud Identity, by the Admin SDK's Directory API. */
export const google: ConnectorDefinition<typeof googleConfig> = {
  type: 'GOOGLE_WORKSPACE',
  title: 'Google Workspace',
  config: googleConfig,
  assertConfig: assertGoogleConfig,
  notifications: googleNotifications,
  open: async (config, context) => (await import('./google-connector.ts')).openGoogle(config, context),
}
