import {
  countGroups,
  countGroupUsers,
  findGroup,
  type GroupQuery,
  listGroups,
  listUsers,
  read,
} from '@muster/repository'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid, found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { searchText } from '../schema/values.ts'
import { representUser, userSchema } from '../users/representation.ts'
import { groupDetailSchema, groupSchema, representGroup, representGroupDetail } from './representation.ts'

const tags = ['groups']
const config = { role: 'VIEWER' } as const

const filters = {
  name: Type.Optional(Type.String({ ...searchText, description: 'The whole name, exactly.' })),
  q: Type.Optional(Type.String({ ...searchText, description: 'What the name begins with, in any case.' })),
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
  userId: Type.Optional(
    Type.String({ maxLength: 64, description: 'The groups of this user, by groups inside groups, too.' }),
  ),
}

/** The groups of an organization, over all its directories. */
export function groupRoutes(app: AdminApp, deps: AdminDeps): void {
  addListRoutes(app, deps)
  addGroupRoutes(app, deps)
}

function addListRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/groups',
    {
      config,
      schema: {
        tags,
        operationId: 'listGroups',
        description: 'The groups of all directories in the order of their ids. Filters add up.',
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
}

/** What is asked of one group. */
function addGroupRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/groups/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getGroup',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: groupDetailSchema },
      },
    },
    (request) => {
      const groupId = uuidOf('group', request.params.id)
      return read(database, scopeOf(request), async (reader) => {
        const [group, userCount] = await Promise.all([findGroup(reader, groupId), countGroupUsers(reader, groupId)])
        return representGroupDetail(found(group), userCount)
      })
    },
  )

  app.get(
    '/api/groups/:id/users',
    {
      config,
      schema: {
        tags,
        operationId: 'listGroupUsers',
        description:
          'The people in the group, groups inside it included. `GET /api/users?groupId=` narrows them further.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(userSchema) },
      },
    },
    (request) => {
      const groupId = uuidOf('group', request.params.id)
      return loadPage('user', request.query, (page) =>
        read(database, scopeOf(request), async (reader) => {
          const [group, rows] = await Promise.all([findGroup(reader, groupId), listUsers(reader, { groupId }, page)])
          found(group)
          return rows.map(({ user }) => representUser(user))
        }),
      )
    },
  )
}

/** @throws `invalidValue` for an id that is none of its kind */
function readFilters(query: Static<ReturnType<typeof closed<typeof filters>>>): GroupQuery {
  const { name, q, directoryId, userId } = query
  return {
    ...{ name, q },
    directoryId: filterUuid('directory', 'directoryId', directoryId),
    userId: filterUuid('user', 'userId', userId),
  }
}
