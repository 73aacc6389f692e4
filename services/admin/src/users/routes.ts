import { countUsers, findUser, listUsers, read } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { readUserFilters, userFilters } from './filters.ts'
import { representUser, userSchema } from './representation.ts'

const tags = ['users']
const config = { role: 'VIEWER' } as const

const description = `The people of the organization in the order of their ids, which is that of creation. Filters add up: all of them
must hold. An id that nobody has finds nobody. A filter under which more would have to be looked at than ten seconds allow is
refused as \`tooMany\`.`

/** The people of an organization. */
export function userRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/users',
    {
      config,
      schema: {
        tags,
        operationId: 'listUsers',
        description,
        querystring: closed({ ...organizationChoice, ...userFilters, ...pageParameters }),
        response: { 200: listOf(userSchema) },
      },
    },
    (request) =>
      loadPage('user', request.query, async (page) => {
        const query = readUserFilters(request.query)
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
        description: 'How many people a list with the same filters has.',
        querystring: closed({ ...organizationChoice, ...userFilters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const query = readUserFilters(request.query)
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
