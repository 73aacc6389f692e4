import { allowedHostsSetting } from '@muster/runtime/outbound/allowed-hosts'
import { rootKeysSetting } from '@muster/runtime/secret-box'
import {
  choiceSetting,
  databaseUrlProtocols,
  integerSetting,
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
    port: portSetting('POLLER_PORT', 7645),
    host: textSetting('POLLER_HOST', '127.0.0.1'),
    databaseUrl: urlSetting('DATABASE_URL', databaseUrlProtocols),
    /** What sources reach the SCIM service by. */
    publicUrl: urlSetting('SCIM_BASE_URL', ['http:', 'https:'], 'http://127.0.0.1:7643'),
    internalSecret: secretSetting('MUSTER_INTERNAL_SECRET', 32),
    /** How long the SCIM request log keeps a request; 0 keeps none. */
    requestLogDays: integerSetting('REQUEST_LOG_DAYS', { min: 0, max: 365 }, 30),
    /** Requests it keeps of one directory. */
    requestLogRows: integerSetting('REQUEST_LOG_ROWS', { min: 1, max: 1_000_000 }, 10_000),
    /** How long the event log keeps an event, at least; 0 for ever. */
    eventLogDays: eventLogDaysSetting('EVENT_LOG_DAYS', 400),
    /** How long the log of a webhook endpoint keeps a delivery that has ended. */
    webhookLogDays: integerSetting('WEBHOOK_LOG_DAYS', { min: 1, max: 365 }, 14),
    /** Directories that are read at once by one process. */
    syncsAtOnce: integerSetting('SYNCS_AT_ONCE', { min: 1, max: 64 }, 4),
    rootKeys: rootKeysSetting('MUSTER_ROOT_KEYS'),
    /** Names, addresses and CIDR ranges that may be called although they are private, and in plain http. */
    outboundAllowedHosts: allowedHostsSetting('OUTBOUND_ALLOWED_HOSTS'),
    logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
  })
}

/** 0, or the days that the database keeps in any case (drop_event_partitions), or more. */
function eventLogDaysSetting(name: string, fallback: number): Setting<number> {
  const parse = (text: string): number => {
    const days = Number(text)
    if (/^\d+$/.test(text) && (days === 0 || (days >= 30 && days <= 3_650))) return days
    throw new Error('must be 0, or a whole number from 30 to 3650')
  }
  return { name, parse, fallback: { value: fallback } }
}
