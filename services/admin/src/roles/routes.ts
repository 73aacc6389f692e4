import { isRoleId } from '@muster/people'
import { assignRole, countRoles, listRoles, read, removeRole, transact } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { countOf, limitParameter, listOf, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { representUser, userSchema } from '../users/representation.ts'

const tags = ['roles']

const roleSchema = Type.Object({
  id: Type.String(),
  users: Type.Integer({ description: 'People who have it, from wherever.' }),
  mappings: Type.Integer({ description: 'Role mappings that give it.' }),
})

const roleParams = Type.Object({ id: Type.String(), roleId: Type.String() })

/** Roles as they are in use, and given by hand. A role is a name of the application's: none is created here. */
export function roleRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  assignRoute(app, deps)
  removeRoute(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/roles',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listRoles',
        description: 'The roles that somebody has or a mapping gives, by id.',
        querystring: closed({
          ...organizationChoice,
          limit: limitParameter,
          after: Type.Optional(Type.String({ maxLength: 100, description: '`nextCursor` of the page before.' })),
        }),
        response: { 200: listOf(roleSchema) },
      },
    },
    async (request) => {
      const { after, limit: asked = pageRowsDefault } = request.query
      if (after !== undefined && !isRoleId(after)) {
        throw new MusterError('invalidValue', 'query.after is not a cursor of this list.')
      }
      const limit = Number(asked)
      const rows = await read(database, scopeOf(request), (reader) => listRoles(reader, { after, limit: limit + 1 }))
      const data = rows.slice(0, limit)
      return { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null }
    },
  )

  app.get(
    '/api/roles/count',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'countRoles',
        description: 'How many roles the list has.',
        querystring: organizationQuery,
        response: { 200: countOf },
      },
    },
    async (request) => ({ count: await read(database, scopeOf(request), countRoles) }),
  )
}

function assignRoute(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/users/:id/roles',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'assignRole',
        description:
          'Gives a person a role by hand, beside those its groups give; it stays whatever becomes of them. 200 when it was given already.',
        params: idParams,
        querystring: organizationQuery,
        body: closed({ ...organizationChoice, roleId: Type.String({ maxLength: 100 }) }),
        response: { 200: userSchema, 201: userSchema },
      },
    },
    async (request, reply) => {
      const userId = uuidOf('user', request.params.id)
      const { roleId } = request.body
      if (!isRoleId(roleId)) {
        throw new MusterError(
          'invalidValue',
          'body.roleId is not a role: 1 to 100 letters, digits, dots, underscores, colons, hyphens.',
        )
      }
      const assigned = found(
        await transact(database, scopeOf(request), causeOf(request), (tx) => assignRole(tx, userId, roleId)),
      )
      return reply.code(assigned.changed ? 201 : 200).send(representUser(assigned.user))
    },
  )
}

function removeRoute(app: AdminApp, { database }: AdminDeps): void {
  app.delete(
    '/api/users/:id/roles/:roleId',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'removeRole',
        description:
          'Takes a role that was given by hand; 404 when it was not. The person keeps it as far as groups give it: the answer is the person.',
        params: roleParams,
        querystring: organizationQuery,
        response: { 200: userSchema },
      },
    },
    async (request) => {
      const userId = uuidOf('user', request.params.id)
      const { roleId } = request.params
      if (!isRoleId(roleId)) throw notFound()
      const removed = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        removeRole(tx, userId, roleId),
      )
      if (removed?.changed !== true) throw notFound()
      return representUser(removed.user)
    },
  )
}
