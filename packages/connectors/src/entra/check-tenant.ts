import type { CheckResult } from '../connector.ts'
import { ConnectorError } from '../connector-error.ts'
import { countUsers } from '../count-users.ts'
import type { EntraConfig } from './config.ts'
import { followLinks } from './follow-links.ts'
import type { Graph } from './graph.ts'
import { type GraphObject, toGraphPage } from './graph-page.ts'
import { phases } from './position.ts'
import { queryOf } from './selected.ts'
import { isGuest } from './user-record.ts'

/** Counts the users, and looks whether groups, members and changes can be read. @throws ConnectorError */
export async function checkTenant(graph: Graph, config: EntraConfig): Promise<CheckResult> {
  const isTracked = config.readBy !== 'lists'
  const counted = isTracked ? await countByIndex(graph, config) : await countByList(graph, config)
  const groups = toGraphPage(await graph.get(graph.url(`/groups${queryOf({ select: 'id,displayName', top: '1' })}`)))
  for (const { id } of groups.objects) {
    toGraphPage(
      await graph.get(graph.url(`/groups/${encodeURIComponent(id)}/members${queryOf({ select: 'id', top: '1' })}`)),
    )
  }
  if (isTracked) for (const name of phases) await assertTracked(graph, name)
  return { ...counted, warnings: groups.objects.length > 0 ? [] : ['There is no group, or the app sees none.'] }
}

async function countByIndex(graph: Graph, { includeGuests }: EntraConfig): Promise<{ userCount: number }> {
  const query = includeGuests === false ? queryOf({ filter: "userType ne 'Guest'" }) : ''
  const text = (await graph.getText(graph.url(`/users/$count${query}`))).trim()
  if (!/^\d+$/.test(text)) throw new ConnectorError('protocol', 'Microsoft Graph answered without a count of users.')
  return { userCount: Number(text) }
}

function countByList(graph: Graph, { includeGuests }: EntraConfig): ReturnType<typeof countUsers> {
  const pages = followLinks(graph, graph.url(`/users${queryOf({ select: 'id,userType', top: '999' })}`))
  const isRead = (object: GraphObject) => includeGuests !== false || !isGuest(object)
  return countUsers(
    pages,
    ({ objects }) => objects.filter(isRead).length,
    ({ nextLink }) => nextLink === undefined,
  )
}

/** Asks for changes from now on, which costs nothing. */
async function assertTracked(graph: Graph, name: string): Promise<void> {
  const path = `/${name}/delta${queryOf({ deltatoken: 'latest', select: 'id' })}`
  const { deltaLink } = toGraphPage(await graph.get(graph.url(path)))
  if (deltaLink !== undefined) return
  throw new ConnectorError('configuration', `The tenant does not track changes of ${name}, see readBy.`)
}
