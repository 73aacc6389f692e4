import {
  choiceSetting,
  databaseUrlProtocols,
  integerSetting,
  logLevels,
  portSetting,
  readSettings,
  secretSetting,
  textSetting,
  urlSetting,
} from '@muster/runtime/settings'

/** The settings of this service; the only place that looks at the environment. Throws SettingsError. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const settings = readSettings(environment, {
    port: portSetting('SCIM_PORT', 7643),
    host: textSetting('SCIM_HOST', '127.0.0.1'),
    publicUrl: urlSetting('SCIM_BASE_URL', ['http:', 'https:'], ''),
    databaseUrl: urlSetting('DATABASE_URL', databaseUrlProtocols),
    databaseConnectionsMax: integerSetting('DATABASE_CONNECTIONS', { min: 1, max: 500 }, 16),
    publicDiscovery: choiceSetting('SCIM_PUBLIC_DISCOVERY', ['true', 'false'], 'true'),
    pepper: secretSetting('MUSTER_TOKEN_PEPPER', 32),
    /** 0 switches the SCIM request log off; deleting what is older is the poller's. */
    requestLogDays: integerSetting('REQUEST_LOG_DAYS', { min: 0, max: 365 }, 30),
    requestLogRows: integerSetting('REQUEST_LOG_ROWS', { min: 1, max: 1_000_000 }, 10_000),
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
  const publicDiscovery = settings.publicDiscovery === 'true'
  return { ...settings, publicDiscovery, publicUrl: settings.publicUrl || `http://127.0.0.1:${settings.port}` }
}
