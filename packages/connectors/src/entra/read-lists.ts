import { type Batch, emptyBatch, recordsPerBatch, take } from '../batch.ts'
import type { Page } from '../page.ts'
import { expandedId } from './annotations.ts'
import type { EntraConfig } from './config.ts'
import { followLinks } from './follow-links.ts'
import type { Graph } from './graph.ts'
import type { GraphObject } from './graph-page.ts'
import { listedGroups } from './listed-groups.ts'
import { type Position, positions, type RoundPosition } from './position.ts'
import { expandedManager, groupProperties, queryOf, userProperties } from './selected.ts'
import { isGuest, toUser } from './user-record.ts'

/** Graph hands out no more users at once when their managers are expanded. */
const usersPerPage = '100'
const groupsPerPage = '100'

const usersPath = `/users${queryOf({ select: userProperties.join(','), expand: expandedManager, top: usersPerPage })}`
const groupsPath = `/groups${queryOf({ select: groupProperties.join(','), top: groupsPerPage })}`

/** The pages of everything by plain lists, from a position on, where Graph does not track changes. */
export async function* readLists(graph: Graph, config: EntraConfig, position: RoundPosition): AsyncGenerator<Page> {
  const toPage = (batch: Batch, at: Omit<Position, 'round'>): Page => {
    return { ...batch, checkpoint: positions.write({ round: 'snapshot', ...at }, config) }
  }
  if (position.phase === 0) {
    const first = position.link ?? graph.url(usersPath)
    for await (const { objects, nextLink } of followLinks(graph, first)) {
      yield toPage(usersOf(objects, config), nextLink === undefined ? { phase: 1 } : { phase: 0, link: nextLink })
    }
  }
  if (position.phase <= 1) {
    let resumed: Position = position.phase === 1 ? position : {}
    let link = resumed.link ?? graph.url(groupsPath)
    for await (const { objects, nextLink } of followLinks(graph, link)) {
      let batch = emptyBatch()
      for await (const { records, begun } of listedGroups(graph, objects, resumed)) {
        batch = joined(batch, records)
        if (batch.upsert.length < recordsPerBatch) continue
        yield toPage(batch, { phase: 1, link, ...begun })
        batch = emptyBatch()
      }
      yield toPage(batch, nextLink === undefined ? { phase: 2 } : { phase: 1, link: nextLink })
      link = nextLink ?? link
      // Of that page alone: a group that comes again on another one says nothing of those before it there.
      resumed = {}
    }
  }
  yield { upsert: [], remove: [], checkpoint: positions.write({}, config), complete: 'all' }
}

function usersOf(objects: readonly GraphObject[], { includeGuests }: EntraConfig): Batch {
  const batch = emptyBatch()
  for (const object of objects) {
    if (includeGuests !== false || !isGuest(object)) take(batch, toUser(object, expandedId(object)))
  }
  return batch
}

function joined(batch: Batch, { upsert, problems }: Batch): Batch {
  return { ...batch, upsert: [...batch.upsert, ...upsert], problems: [...batch.problems, ...problems] }
}
