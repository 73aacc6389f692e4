import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allowedHostsSetting } from '@muster/runtime/outbound/allowed-hosts'
import { parseRootKeys } from '@muster/runtime/secret-box'
import {
  choiceSetting,
  databaseUrlProtocols,
  logLevels,
  optional,
  portSetting,
  readSettings,
  type Setting,
  SettingsError,
  secretSetting,
  textSetting,
  urlSetting,
} from '@muster/runtime/settings'

/** The folder of the whole project: services and data are found from here, wherever the command is run. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url))

const settings = {
  dataDir: textSetting('MUSTER_DATA_DIR', resolve(projectRoot, '.muster')),
  scimPort: portSetting('SCIM_PORT', 7643),
  adminPort: portSetting('ADMIN_PORT', 7644),
  pollerPort: portSetting('POLLER_PORT', 7645),
  /** Where identity providers reach the SCIM service, when that is not this machine. */
  scimBaseUrl: optional(urlSetting('SCIM_BASE_URL', ['http:', 'https:'])),
  databaseUrl: optional(urlSetting('DATABASE_URL', databaseUrlProtocols)),
  migrationDatabaseUrl: optional(urlSetting('MIGRATION_DATABASE_URL', databaseUrlProtocols)),
  tokenPepper: optional(secretSetting('MUSTER_TOKEN_PEPPER', 32)),
  rootKeys: optional(rootKeysSetting('MUSTER_ROOT_KEYS')),
  internalSecret: optional(secretSetting('MUSTER_INTERNAL_SECRET', 32)),
  outboundAllowedHosts: optional(allowedHostsSetting('OUTBOUND_ALLOWED_HOSTS')),
  logLevel: choiceSetting('LOG_LEVEL', logLevels, 'info'),
} as const

/** In development, receivers of webhooks run beside Muster. */
const developmentHosts = ['localhost', '127.0.0.0/8', '::1/128']

type Values = ReturnType<typeof readSettings<typeof settings>>

interface ExternalDatabase {
  databaseUrl: string
  migrationDatabaseUrl: string
}

export interface Config extends Omit<Values, 'databaseUrl' | 'migrationDatabaseUrl' | 'outboundAllowedHosts'> {
  /** Undefined: the embedded Postgres of the data folder. */
  database: ExternalDatabase | undefined
  isProduction: boolean
  /** What the services may call although it is private. */
  outboundAllowedHosts: readonly string[]
  /** What the services inherit beside the settings they are given. */
  environment: NodeJS.ProcessEnv
}

/**
 * Reads the settings of the command line tool: the only place that looks at the environment. Each setting may also come
 * from a file (`NAME_FILE`). Throws one SettingsError with every violation.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const violations = contradictions(environment)
  const values = collectViolations(violations, () => readSettings(environment, settings))
  if (values) violations.push(...portClashes(values))
  if (!values || violations.length > 0) throw new SettingsError(violations)
  const { databaseUrl, migrationDatabaseUrl, outboundAllowedHosts, ...rest } = values
  const isProduction = environment.NODE_ENV === 'production'
  return {
    ...rest,
    dataDir: resolve(values.dataDir),
    database: databaseUrl && migrationDatabaseUrl ? { databaseUrl, migrationDatabaseUrl } : undefined,
    isProduction,
    outboundAllowedHosts: outboundAllowedHosts ?? (isProduction ? [] : developmentHosts),
    environment,
  }
}

/** For trying a SCIM server, which may be anybody's: nothing of an installation is needed for that. */
export function readConformanceSettings(environment: NodeJS.ProcessEnv = process.env) {
  return { token: environment.SCIM_TOKEN, coloursRefused: Boolean(environment.NO_COLOR), environment }
}

function collectViolations<T>(violations: string[], read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    violations.push(...error.violations)
    return undefined
  }
}

/** For commands that would start the embedded Postgres: it is for development only. Throws SettingsError. */
export function assertEmbeddedAllowed(config: Config): void {
  if (!config.isProduction || config.database) return
  throw new SettingsError([
    'DATABASE_URL and MIGRATION_DATABASE_URL are required when NODE_ENV is production: the embedded Postgres is for development',
  ])
}

function contradictions(environment: NodeJS.ProcessEnv): string[] {
  const isSet = (name: string) => Boolean(environment[name] || environment[`${name}_FILE`])
  if (isSet('DATABASE_URL') === isSet('MIGRATION_DATABASE_URL')) return []
  return ['DATABASE_URL and MIGRATION_DATABASE_URL belong together: set both, or neither for the embedded Postgres']
}

function portClashes(values: Pick<Values, 'scimPort' | 'adminPort' | 'pollerPort'>): string[] {
  const ports = [values.scimPort, values.adminPort, values.pollerPort]
  return new Set(ports).size === ports.length ? [] : ['SCIM_PORT, ADMIN_PORT and POLLER_PORT must differ']
}

function rootKeysSetting(name: string): Setting<string> {
  return {
    name,
    parse(text) {
      parseRootKeys(text)
      return text
    },
  }
}
