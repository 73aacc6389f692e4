import { MusterError } from '@muster/runtime/errors'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import type { Connector, ConnectorDefinition } from './connector.ts'
import { ConnectorError } from './connector-error.ts'
import type { SourceDocument, SourceUser } from './source-record.ts'

/** A user as scripts want one. */
export interface DirectoryUser {
  /** The source's immutable id. */
  id: string
  userName: string
  active: boolean
  displayName?: string
  /** The primary address. */
  email?: string
  emails: string[]
  /** The document of the source, in its own words. */
  attributes: SourceDocument
}

export interface FetchOptions {
  /** Private names, addresses and CIDR ranges that may be connected to all the same. */
  allowedHosts?: readonly string[]
  signal?: AbortSignal
}

/**
 * All users that a connector reads, in one list: for scripts, whose directories fit into memory.
 * @throws MusterError `invalidValue` for a configuration that is not valid
 * @throws ConnectorError when the source cannot be read whole
 */
export async function fetchUsers<Config extends TObject>(
  definition: ConnectorDefinition<Config>,
  config: Static<Config>,
  options: FetchOptions = {},
): Promise<DirectoryUser[]> {
  if (!Value.Check(definition.config, config)) {
    throw new MusterError('invalidValue', `The configuration is not one of ${definition.title}.`)
  }
  definition.assertConfig?.(config)
  const outbound = createOutbound({ allowedHosts: options.allowedHosts ?? [] })
  const logger = createLogger({ service: 'script', level: 'error' })
  const signal = options.signal ?? new AbortController().signal
  try {
    const connector = await definition.open(config, { outbound, logger, signal, onThrottled: () => undefined })
    return await drainUsers(connector).finally(() => connector.close())
  } finally {
    await outbound.close()
  }
}

/** The users of a snapshot; one that came twice as it came last. @throws ConnectorError `incomplete` without a proper end */
async function drainUsers(connector: Connector): Promise<DirectoryUser[]> {
  const users = new Map<string, DirectoryUser>()
  for await (const page of connector.snapshot()) {
    for (const record of page.upsert) if (record.kind === 'user') users.set(record.id, toDirectoryUser(record))
    for (const key of page.remove) if (key.kind === 'user') users.delete(key.id)
    if (page.complete === 'all') return [...users.values()]
  }
  throw new ConnectorError('incomplete', 'The source ended without saying that this was all.')
}

function toDirectoryUser({ id, userName, active, displayName, emails, attributes }: SourceUser): DirectoryUser {
  const [email] = emails
  return {
    id,
    userName,
    active,
    ...(displayName !== undefined && { displayName }),
    ...(email && { email: email.value }),
    emails: emails.map(({ value }) => value),
    attributes,
  }
}
