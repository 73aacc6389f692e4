import { type Batch, emptyBatch, take } from '../batch.ts'
import { inOrder } from '../http/in-order.ts'
import { followLinks } from './follow-links.ts'
import type { Graph } from './graph.ts'
import { type GraphObject, type GraphPage, toGraphPage } from './graph-page.ts'
import { hidesMembers, toGroup, toMembership } from './group-record.ts'
import type { Position } from './position.ts'
import { queryOf } from './selected.ts'

const membersPerPage = '999'
const membersQuery = queryOf({ select: 'id', top: membersPerPage })

/** Where the groups of a page stand behind some of their records. */
interface GroupRecords {
  records: Batch
  begun: Pick<Position, 'group' | 'members'>
}

/** The groups of a page with their members, those behind a position; the first members of some are read ahead. */
export async function* listedGroups(
  graph: Graph,
  groups: readonly GraphObject[],
  { group: last, members: from }: Pick<Position, 'group' | 'members'>,
): AsyncGenerator<GroupRecords> {
  const index = groups.findIndex(({ id }) => id === last)
  const left = groups.slice(from === undefined ? index + 1 : Math.max(0, index))
  const beginOf = (group: GraphObject) => beginMembers(graph, group, group.id === last ? from : undefined)
  for await (const begin of inOrder(left, beginOf)) {
    // Deleted since it was listed.
    if (begin === undefined) continue
    const { group, first, link } = begin
    const page = toGraphPage(first)
    const records = membersOf(group, page)
    if (group.id !== last || from === undefined) {
      take(records, toGroup(group, hidesMembers(group) && page.objects.length === 0 ? 'unread' : 'complete'))
    }
    yield { records, begun: begunOf(group, page) }
    if (page.nextLink === undefined) continue
    for await (const more of followLinks(graph, page.nextLink, link)) {
      yield { records: membersOf(group, more), begun: begunOf(group, more) }
    }
  }
}

async function beginMembers(graph: Graph, group: GraphObject, from: string | undefined) {
  const link = from ?? graph.url(`/groups/${encodeURIComponent(group.id)}/members${membersQuery}`)
  const first = await graph.getIfThere(link)
  return first === undefined ? undefined : { group, first, link }
}

function membersOf({ id }: GraphObject, { objects }: GraphPage): Batch {
  const upsert = objects.flatMap((member) => {
    const type = member['@odata.type']
    return toMembership(id, { id: member.id, isRemoved: false, ...(typeof type === 'string' && { type }) })
  })
  return { ...emptyBatch(), upsert }
}

function begunOf({ id }: GraphObject, { nextLink }: GraphPage): GroupRecords['begun'] {
  return { group: id, ...(nextLink !== undefined && { members: nextLink }) }
}
