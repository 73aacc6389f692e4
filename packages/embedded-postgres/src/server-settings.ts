import { MusterError } from '@muster/runtime/errors'
import { loopback } from './port.ts'

/** Server settings by their Postgres names. */
export type ServerSettings = Readonly<Record<string, string>>

/** A caller may override these. */
const defaults: ServerSettings = {
  shared_buffers: '128MB',
  max_connections: '200',
  jit: 'off',
  log_checkpoints: 'off',
  // Failed statements reach the services as errors; a copy here would repeat values from rows (personal data).
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
}

/** An acknowledged write survives a power cut, or (for throw-away clusters) nothing is waited for. */
const durability = {
  durable: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  throwAway: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
} as const satisfies Record<string, ServerSettings>

/** Only TCP on loopback; every role authenticates by password. */
function access(port: number): ServerSettings {
  return {
    listen_addresses: loopback,
    port: String(port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
  }
}

/**
 * The arguments of `postgres`. Settings stand on the command line because that beats both configuration files and
 * ALTER SYSTEM, so nothing inside the cluster can quietly switch durability off.
 * Errors: `badRequest` when the caller's settings name one that is decided here.
 */
export function serverArguments(cluster: string, port: number, durable: boolean, settings: ServerSettings): string[] {
  const decided: ServerSettings = { ...(durable ? durability.durable : durability.throwAway), ...access(port) }
  const contradictory = Object.keys(settings).filter((name) => name in decided)
  if (contradictory.length > 0) {
    throw new MusterError('badRequest', `These Postgres settings cannot be chosen: ${contradictory.join(', ')}.`)
  }
  const all = Object.entries({ ...defaults, ...settings, ...decided })
  return ['-D', cluster, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}
