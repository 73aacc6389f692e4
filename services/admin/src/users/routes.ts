import { countUsers, findUser, listUsers, read, type UserQuery } from '@muster/repository'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid, found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { searchText } from '../schema/values.ts'
import { representUser, userSchema } from './representation.ts'

const tags = ['users']
const config = { role: 'VIEWER' } as const

const filters = {
  email: Type.Optional(searchText),
  state: Type.Optional(Type.Enum(['active', 'inactive'])),
  directoryId: Type.Optional(Type.String({ maxLength: 64, description: 'People whom this directory holds.' })),
}

/** The people of an organization. */
export function userRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/users',
    {
      config,
      schema: {
        tags,
        operationId: 'listUsers',
        querystring: closed({ ...organizationChoice, ...filters, ...pageParameters }),
        response: { 200: listOf(userSchema) },
      },
    },
    (request) =>
      loadPage('user', request.query, async (page) => {
        const query = readFilters(request.query)
        const rows = await read(database, scopeOf(request), (reader) => listUsers(reader, query, page))
        return rows.map(({ user }) => representUser(user))
      }),
  )

  app.get(
    '/api/users/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countUsers',
        querystring: closed({ ...organizationChoice, ...filters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const query = readFilters(request.query)
      return { count: await read(database, scopeOf(request), (reader) => countUsers(reader, query)) }
    },
  )

  app.get(
    '/api/users/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getUser',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: userSchema },
      },
    },
    async (request) => {
      const userId = uuidOf('user', request.params.id)
      return representUser(found(await read(database, scopeOf(request), (reader) => findUser(reader, userId))))
    },
  )
}

function readFilters({ email, state, directoryId }: Static<ReturnType<typeof closed<typeof filters>>>): UserQuery {
  return { email, state, directoryId: filterUuid('directory', 'directoryId', directoryId) }
}
