import { inOrder } from '../http/in-order.ts'
import { followLinks } from './follow-links.ts'
import type { Graph } from './graph.ts'
import type { GraphObject } from './graph-page.ts'
import { expandedManager, groupProperties, queryOf, userProperties } from './selected.ts'

/** Values that `in` takes in one filter (https://learn.microsoft.com/en-us/graph/filter-query-parameter). */
const idsPerRequest = 15

const queries = {
  users: { select: userProperties.join(','), expand: expandedManager },
  groups: { select: groupProperties.join(',') },
} as const

/** Objects by their id, with all that is asked for; whoever is not there (any more, or not yet everywhere) is left out. */
export async function wholeObjects(
  graph: Graph,
  kind: keyof typeof queries,
  ids: readonly string[],
): Promise<Map<string, GraphObject>> {
  const parts = Array.from({ length: Math.ceil(ids.length / idsPerRequest) }, (_, index) =>
    ids.slice(index * idsPerRequest, (index + 1) * idsPerRequest),
  )
  const found = new Map<string, GraphObject>()
  const read = inOrder(parts, async (part) => {
    const filter = `id in (${part.map((id) => `'${id.replaceAll("'", "''")}'`).join(',')})`
    const pages = followLinks(graph, graph.url(`/${kind}${queryOf({ ...queries[kind], filter })}`))
    for await (const { objects } of pages) for (const object of objects) found.set(object.id, object)
  })
  for await (const _ of read);
  return found
}
