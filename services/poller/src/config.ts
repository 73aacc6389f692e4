import {
  choiceSetting,
  databaseUrlProtocols,
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
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
}
