import { parseRootKeys } from '@muster/runtime/secret-box'
import {
  choiceSetting,
  databaseUrlProtocols,
  logLevels,
  portSetting,
  readSettings,
  type Setting,
  secretSetting,
  textSetting,
  urlSetting,
} from '@muster/runtime/settings'

/** The settings of this service; the only place that looks at the environment. Throws SettingsError. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  return readSettings(environment, {
    port: portSetting('ADMIN_PORT', 7644),
    host: textSetting('ADMIN_HOST', '127.0.0.1'),
    /** What identity providers reach the SCIM service by. */
    scimBaseUrl: urlSetting('SCIM_BASE_URL', ['http:', 'https:'], 'http://127.0.0.1:7643'),
    databaseUrl: urlSetting('DATABASE_URL', databaseUrlProtocols),
    pepper: secretSetting('MUSTER_TOKEN_PEPPER', 32),
    /** Seals what connectors are configured with; read here already, so that a broken one is found at the start. */
    rootKeys: rootKeysSetting('MUSTER_ROOT_KEYS'),
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
}

function rootKeysSetting(name: string): Setting<ReturnType<typeof parseRootKeys>> {
  return { name, parse: parseRootKeys }
}
