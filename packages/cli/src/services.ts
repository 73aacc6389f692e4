import { resolve } from 'node:path'
import { compileCache } from './compile-cache.ts'
import { type Config, projectRoot } from './config.ts'
import type { Secrets } from './secrets.ts'

export const serviceNames = ['scim', 'admin', 'poller'] as const
export type ServiceName = (typeof serviceNames)[number]

/** Everything `up` can tell a service, by the variable's name. */
type Variable = keyof ReturnType<typeof allVariables>

interface Service {
  portVariable: 'SCIM_PORT' | 'ADMIN_PORT' | 'POLLER_PORT'
  /** What the service is told beside its port; nobody but the migration gets the owner's URL. */
  variables: readonly Variable[]
  /** What Node is told about its memory, unless our own NODE_OPTIONS say otherwise; docker-compose.yml says the same. */
  nodeOptions?: string
}

export const services: Readonly<Record<ServiceName, Service>> = {
  scim: { portVariable: 'SCIM_PORT', variables: ['DATABASE_URL', 'LOG_LEVEL', 'MUSTER_TOKEN_PEPPER', 'SCIM_BASE_URL'] },
  admin: {
    portVariable: 'ADMIN_PORT',
    variables: [
      'DATABASE_URL',
      'LOG_LEVEL',
      'MUSTER_TOKEN_PEPPER',
      'MUSTER_ROOT_KEYS',
      'MUSTER_INTERNAL_SECRET',
      'OUTBOUND_ALLOWED_HOSTS',
      'POLLER_URL',
      'SCIM_BASE_URL',
    ],
  },
  poller: {
    portVariable: 'POLLER_PORT',
    variables: [
      'DATABASE_URL',
      'LOG_LEVEL',
      'MUSTER_ROOT_KEYS',
      'MUSTER_INTERNAL_SECRET',
      'OUTBOUND_ALLOWED_HOSTS',
      'SCIM_BASE_URL',
    ],
    // A sync makes garbage by the gigabyte, which Node otherwise lets lie: 640 MB where 190 do (bench/results/sync.md).
    nodeOptions: '--max-semi-space-size=16 --max-old-space-size=384',
  },
}

/** The program of a service. */
export function serviceProgram(name: ServiceName): string {
  return resolve(projectRoot, 'services', name, 'src/main.ts')
}

export function servicePort(config: Config, name: ServiceName): number {
  return { scim: config.scimPort, admin: config.adminPort, poller: config.pollerPort }[name]
}

/** Where a service is reached on this machine. */
export function serviceOrigin(config: Config, name: ServiceName): string {
  return `http://127.0.0.1:${servicePort(config, name)}`
}

/** What identity providers are told to call, without `/scim/…`. */
export function scimOrigin(config: Config): string {
  return config.scimBaseUrl ?? serviceOrigin(config, 'scim')
}

/**
 * The environment of a service: ours without any setting that `up` decides (a leftover `NAME_FILE` would contradict it)
 * and without secrets that are not this service's, plus what the service is told.
 */
export function serviceEnvironment(
  name: ServiceName,
  config: Config,
  secrets: Secrets,
  databaseUrl: string,
): NodeJS.ProcessEnv {
  const all = allVariables(config, secrets, databaseUrl)
  const ports = Object.values(services).map(({ portVariable }) => portVariable)
  const decided = new Set([...Object.keys(all), ...ports, 'MIGRATION_DATABASE_URL'])
  const inherited = Object.entries(config.environment).filter(([key]) => !decided.has(key.replace(/_FILE$/, '')))
  const { portVariable, variables, nodeOptions } = services[name]
  const told = variables.map((variable) => [variable, all[variable]])
  return {
    NODE_COMPILE_CACHE: compileCache,
    ...Object.fromEntries([...inherited, ...told, [portVariable, String(servicePort(config, name))]]),
    // Of two that contradict each other the last one counts.
    ...(nodeOptions && { NODE_OPTIONS: [nodeOptions, config.environment.NODE_OPTIONS ?? ''].join(' ').trim() }),
  }
}

function allVariables(config: Config, secrets: Secrets, databaseUrl: string) {
  return {
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: config.logLevel,
    SCIM_BASE_URL: scimOrigin(config),
    POLLER_URL: serviceOrigin(config, 'poller'),
    MUSTER_TOKEN_PEPPER: secrets.tokenPepper,
    MUSTER_ROOT_KEYS: secrets.rootKeys,
    MUSTER_INTERNAL_SECRET: secrets.internalSecret,
    OUTBOUND_ALLOWED_HOSTS: config.outboundAllowedHosts.join(','),
  }
}
