import { allowedHostsSetting } from '@muster/runtime/outbound/allowed-hosts'
import { rootKeysSetting } from '@muster/runtime/secret-box'
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
    /** Seal the secrets that webhooks and hooks are signed by, and what connectors are configured with. */
    rootKeys: rootKeysSetting('MUSTER_ROOT_KEYS'),
    /** Where the poller listens for other services, and what it is shown. */
    pollerUrl: urlSetting('POLLER_URL', ['http:', 'https:'], 'http://127.0.0.1:7645'),
    internalSecret: secretSetting('MUSTER_INTERNAL_SECRET', 32),
    /** Decides whether there are test directories. */
    isProduction: productionSetting('NODE_ENV'),
    /** Names, addresses and CIDR ranges that may be called although they are private, and in plain http. */
    outboundAllowedHosts: allowedHostsSetting('OUTBOUND_ALLOWED_HOSTS'),
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
}

function productionSetting(name: string): Setting<boolean> {
  return { name, parse: (text) => text === 'production', fallback: { value: false } }
}
