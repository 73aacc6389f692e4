import type { Connector } from '../connector.ts'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { Checkpoint } from '../page.ts'
import { isUnderWay } from '../round-position.ts'
import { checkTenant } from './check-tenant.ts'
import type { EntraConfig } from './config.ts'
import { openGraph } from './graph.ts'
import { positions, type RoundPosition } from './position.ts'
import { readLists } from './read-lists.ts'
import { readTracked } from './read-tracked.ts'

/** Reads a tenant of Microsoft Entra ID. */
export function openEntra(config: EntraConfig, context: ConnectorContext): Connector {
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const graph = openGraph(config, { ...context, signal })
  const isTracked = config.readBy !== 'lists'
  return {
    check: () => checkTenant(graph, config),
    snapshot: async function* (resume) {
      const position = beginSnapshot(config, resume)
      yield* isTracked ? readTracked(graph, config, position) : readLists(graph, config, position)
    },
    ...(isTracked && {
      delta: async function* (since: Checkpoint) {
        yield* readTracked(graph, config, beginDelta(config, since))
      },
    }),
    close: async () => closing.abort(),
  }
}

function beginSnapshot(config: EntraConfig, resume: Checkpoint | undefined): RoundPosition {
  const position = resume === undefined ? undefined : positions.read(resume, config)
  if (position !== undefined && isUnderWay(position) && position.round === 'snapshot') return position
  return { round: 'snapshot', phase: 0 }
}

function beginDelta(config: EntraConfig, checkpoint: Checkpoint): RoundPosition {
  const position = positions.read(checkpoint, config)
  if (isUnderWay(position) && position.round === 'delta') return position
  const { users, groups } = position.next ?? {}
  if (isUnderWay(position) || users === undefined || groups === undefined) {
    throw new ConnectorError('checkpointExpired', 'The last position does not say where the changes begin.')
  }
  return { round: 'delta', phase: 0, since: { users, groups } }
}
