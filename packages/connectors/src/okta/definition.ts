import type { ConnectorDefinition } from '../connector.ts'
import { assertOktaConfig } from './assert-config.ts'
import { oktaConfig } from './config.ts'
import { oktaNotifications } from './notifications.ts'

/** Okta, by its management API (developer.okta.com/docs/api/openapi/okta-management). */
export const okta: ConnectorDefinition<typeof oktaConfig> = {
  type: 'OKTA',
  title: 'Okta',
  config: oktaConfig,
  assertConfig: assertOktaConfig,
  notifications: oktaNotifications,
  open: async (config, context) => (await import('./okta-connector.ts')).openOkta(config, context),
}
