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
  return readSettings(environment, {
    port: portSetting('POLLER_PORT', 7645),
    host: textSetting('POLLER_HOST', '127.0.0.1'),
    databaseUrl: urlSetting('DATABASE_URL', databaseUrlProtocols),
    internalSecret: secretSetting('MUSTER_INTERNAL_SECRET', 32),
    /** How long the SCIM request log keeps a request; 0 keeps none. */
    requestLogDays: integerSetting('REQUEST_LOG_DAYS', { min: 0, max: 365 }, 30),
    /** Requests it keeps of one directory. */
    requestLogRows: integerSetting('REQUEST_LOG_ROWS', { min: 1, max: 1_000_000 }, 10_000),
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
}
