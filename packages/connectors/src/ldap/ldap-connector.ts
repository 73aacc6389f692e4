import type { Connector } from '../connector.ts'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { Checkpoint, Page } from '../page.ts'
import { assertMarkHolds, markNow } from './change-mark.ts'
import { checkSource } from './check-source.ts'
import type { LdapConfig } from './config.ts'
import { type LdapSource, openSource } from './ldap-source.ts'
import { type Position, positions } from './position.ts'
import { type RoundPosition, readRound } from './read-round.ts'

/** Reads an LDAP server. Each round has a connection of its own. */
export function openLdap(config: LdapConfig, context: ConnectorContext): Connector {
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const open = () => openSource(config, { ...context, signal })
  return {
    check: async () => {
      const source = await open()
      return checkSource(source).finally(source.session.close)
    },
    snapshot: (resume) => readWith(open, (source) => beginSnapshot(source, resume)),
    delta: (since) => readWith(open, (source) => beginDelta(source, since)),
    close: async () => closing.abort(),
  }
}

async function* readWith(
  open: () => Promise<LdapSource>,
  begin: (source: LdapSource) => Promise<RoundPosition>,
): AsyncGenerator<Page> {
  const source = await open()
  try {
    yield* readRound(source, await begin(source))
  } finally {
    source.session.close()
  }
}

async function beginSnapshot(source: LdapSource, resume: Checkpoint | undefined): Promise<RoundPosition> {
  const position = resume === undefined ? undefined : positions.read(resume, source.config)
  if (position !== undefined && isUnderWay(position) && position.round === 'snapshot') return position
  return { ...(await newPosition(source)), round: 'snapshot', phase: 0 }
}

async function beginDelta(source: LdapSource, checkpoint: Checkpoint): Promise<RoundPosition> {
  const position = positions.read(checkpoint, source.config)
  const since = isUnderWay(position) ? position.since : position.next
  if (since === undefined || position.round === 'snapshot') {
    throw new ConnectorError('checkpointExpired', 'The server does not tell what has changed since the last position.')
  }
  await assertMarkHolds(source, since)
  if (isUnderWay(position)) return position
  return { ...(await newPosition(source)), round: 'delta', phase: 0, since }
}

async function newPosition(source: LdapSource): Promise<Position> {
  const next = await markNow(source, new Date())
  return next === undefined ? {} : { next }
}

function isUnderWay(position: Position): position is RoundPosition {
  return position.round !== undefined && position.phase !== undefined
}
