import { ConnectorError } from '../connector-error.ts'
import type { Page } from '../page.ts'
import { changedGroups } from './changed-groups.ts'
import { changedUsers } from './changed-users.ts'
import type { EntraConfig } from './config.ts'
import { followLinks } from './follow-links.ts'
import type { Graph } from './graph.ts'
import { type GraphPage, toGraphPage } from './graph-page.ts'
import { type Phase, phases, positions, type RoundPosition } from './position.ts'
import { groupProperties, queryOf, userProperties } from './selected.ts'
import type { Tracking } from './tracking.ts'

/** The first pages of a round that reads everything. Graph keeps what is selected in its links, and allows of no page size. */
const beginnings: Record<Phase, string> = {
  users: `/users/delta${queryOf({ select: [...userProperties, 'manager'].join(',') })}`,
  groups: `/groups/delta${queryOf({ select: [...groupProperties, 'members'].join(',') })}`,
}

const readers = { users: changedUsers, groups: changedGroups } as const

/**
 * The pages of a round by change tracking, from a position on (https://learn.microsoft.com/en-us/graph/delta-query-overview). The
 * first round of a tracked list is everything; its last link leads to the next round.
 */
export async function* readTracked(graph: Graph, config: EntraConfig, position: RoundPosition): AsyncGenerator<Page> {
  let next = position.next ?? {}
  for (const [phase, name] of phases.entries()) {
    if (phase < position.phase) continue
    const at = { ...position, phase, link: undefined, next }
    const link = phase === position.phase ? position.link : undefined
    const first = link ?? position.since?.[name] ?? graph.url(beginnings[name])
    const seen = { told: new Set<string>(), silent: new Set<string>() }
    const tracking: Tracking = { graph, config, round: position.round, ...seen, isResumed: link !== undefined }
    let found = link !== undefined
    for await (const page of followLinks(graph, first)) {
      found ||= page.objects.length > 0
      const batch = await readers[name](tracking, page.objects)
      if (page.nextLink !== undefined) {
        yield { ...batch, checkpoint: write({ ...at, link: page.nextLink }, config) }
        continue
      }
      next = { ...next, [name]: endOf(page) }
      if (!found && position.round === 'snapshot') await assertNobody(graph, name)
      yield { ...batch, checkpoint: write({ ...at, phase: phase + 1, next }, config) }
    }
  }
  const complete = position.round === 'snapshot' ? 'all' : 'changes'
  yield { upsert: [], remove: [], checkpoint: write({ next }, config), complete }
}

function endOf({ deltaLink }: GraphPage): string {
  if (deltaLink !== undefined) return deltaLink
  throw new ConnectorError('protocol', 'Microsoft Graph ended a round without a link to the next one.')
}

/** A tenant without change tracking looks empty to it. */
async function assertNobody(graph: Graph, name: Phase): Promise<void> {
  const { objects } = toGraphPage(await graph.get(graph.url(`/${name}${queryOf({ select: 'id', top: '1' })}`)))
  if (objects.length === 0) return
  throw new ConnectorError(
    'incomplete',
    `Change tracking shows no ${name}, and there are some: the tenant may be one that has none, see readBy.`,
  )
}

function write(position: Parameters<typeof positions.write>[0], config: EntraConfig): Page['checkpoint'] {
  return positions.write(position, config)
}
