import { ConnectorError } from '../connector-error.ts'
import type { Graph } from './graph.ts'
import { type GraphPage, toGraphPage } from './graph-page.ts'

/**
 * The pages from a link on, however empty they are, until one has no next link. `behind` was read already.
 * @throws ConnectorError `protocol` when a page leads to one that was read already
 */
export async function* followLinks(graph: Graph, first: string, behind?: string): AsyncGenerator<GraphPage> {
  const followed = new Set(behind === undefined ? [] : [behind])
  let link: string | undefined = first
  while (link !== undefined) {
    if (followed.has(link))
      throw new ConnectorError('protocol', 'Microsoft Graph leads to a page that was read already.')
    followed.add(link)
    const page: GraphPage = toGraphPage(await graph.get(link))
    yield page
    link = page.nextLink
  }
}
