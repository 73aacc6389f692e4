import { countGroups, findGroup, type GroupQuery, listGroups, read } from '@muster/repository'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid, found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { searchText } from '../schema/values.ts'
import { groupSchema, representGroup } from './representation.ts'

const tags = ['groups']
const config = { role: 'VIEWER' } as const

const filters = {
  name: Type.Optional(searchText),
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
}

/** The groups of an organization, over all its directories. */
export function groupRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/groups',
    {
      config,
      schema: {
        tags,
        operationId: 'listGroups',
        querystring: closed({ ...organizationChoice, ...filters, ...pageParameters }),
        response: { 200: listOf(groupSchema) },
      },
    },
    (request) =>
      loadPage('group', request.query, async (page) => {
        const query = readFilters(request.query)
        const rows = await read(database, scopeOf(request), (reader) => listGroups(reader, query, page))
        return rows.map(({ group }) => representGroup(group))
      }),
  )

  app.get(
    '/api/groups/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countGroups',
        querystring: closed({ ...organizationChoice, ...filters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const query = readFilters(request.query)
      return { count: await read(database, scopeOf(request), (reader) => countGroups(reader, query)) }
    },
  )

  app.get(
    '/api/groups/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getGroup',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: groupSchema },
      },
    },
    async (request) => {
      const groupId = uuidOf('group', request.params.id)
      return representGroup(found(await read(database, scopeOf(request), (reader) => findGroup(reader, groupId))))
    },
  )
}

function readFilters({ name, directoryId }: Static<ReturnType<typeof closed<typeof filters>>>): GroupQuery {
  return { name, directoryId: filterUuid('directory', 'directoryId', directoryId) }
}
