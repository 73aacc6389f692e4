import type { Connector } from '../connector.ts'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { Checkpoint, Page } from '../page.ts'
import { isUnderWay } from '../round-position.ts'
import { assertOktaConfig } from './assert-config.ts'
import { checkSource } from './check-source.ts'
import type { OktaConfig } from './config.ts'
import { openSession } from './okta-session.ts'
import { type OktaSource, oktaSource } from './okta-source.ts'
import { positions, type RoundPosition } from './position.ts'
import { logMilliseconds, tellsDeletions } from './read-deletions.ts'
import { readRound } from './read-round.ts'

/** How far clocks may be apart, and how late a change may show. */
const overlapMilliseconds = 15 * 60_000

/** Reads an Okta organization. @throws MusterError `invalidValue` for a configuration without credentials of its own */
export function openOkta(config: OktaConfig, context: ConnectorContext): Connector {
  assertOktaConfig(config)
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const source = oktaSource(openSession(config, { ...context, signal }), config)
  return {
    check: () => checkSource(source),
    snapshot: (resume) => readFrom(source, () => beginSnapshot(source, resume)),
    delta: (since) => readFrom(source, () => beginDelta(source, since)),
    close: async () => closing.abort(),
  }
}

async function* readFrom(
  source: OktaSource,
  begin: () => RoundPosition | Promise<RoundPosition>,
): AsyncGenerator<Page> {
  yield* readRound(source, await begin())
}

async function beginSnapshot(source: OktaSource, resume: Checkpoint | undefined): Promise<RoundPosition> {
  const position = resume === undefined ? undefined : positions.read(resume, source.config)
  if (position !== undefined && isUnderWay(position) && position.round === 'snapshot') return position
  const now = new Date()
  const next = lookingBack(now)
  return { round: 'snapshot', phase: 0, ...((await tellsDeletions(source, now)) && { next }) }
}

function beginDelta(source: OktaSource, checkpoint: Checkpoint): RoundPosition {
  const position = positions.read(checkpoint, source.config)
  const since = isUnderWay(position) ? position.since : position.next
  if (since === undefined || position.round === 'snapshot') {
    throw new ConnectorError('checkpointExpired', 'Okta did not say who is deleted when the last position was taken.')
  }
  const now = new Date()
  // Also one that is no date.
  if (!(now.getTime() - Date.parse(since) < logMilliseconds)) {
    throw new ConnectorError(
      'checkpointExpired',
      'The System Log has forgotten who was deleted since the last position.',
    )
  }
  if (isUnderWay(position)) return position
  return { round: 'delta', phase: 0, since, next: lookingBack(now) }
}

function lookingBack(now: Date): string {
  return new Date(now.getTime() - overlapMilliseconds).toISOString()
}
