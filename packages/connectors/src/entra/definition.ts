import type { ConnectorDefinition } from '../connector.ts'
import { assertEntraConfig } from './assert-config.ts'
import { entraConfig } from './config.ts'
import { entraNotifications } from './notifications.ts'

/** Microsoft Entra ID, by Microsoft Graph v1.0. */
export const entra: ConnectorDefinition<typeof entraConfig> = {
  type: 'AZURE_AD',
  title: 'Microsoft Entra ID',
  config: entraConfig,
  assertConfig: assertEntraConfig,
  notifications: entraNotifications,
  open: async (config, context) => (await import('./entra-connector.ts')).openEntra(config, context),
}
