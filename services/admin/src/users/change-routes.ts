import { createPerson, erasePerson, transact, updatePerson } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, organizationQuery } from '../schema/parameters.ts'
import { lastLoginIn, userChanges, userDraft, valuesIn } from './drafts.ts'
import { representUser, userSchema } from './representation.ts'

const tags = ['users']
const config = { role: 'ADMIN' } as const

/** The longest an erasure may take: it walks through all events of the organization in one transaction. */
const erasureMilliseconds = 110_000

/** People by hand: who is in no directory, what is known better than a directory does, and who is to be forgotten. */
export function userChangeRoutes(app: AdminApp, deps: AdminDeps): void {
  createRoute(app, deps)
  updateRoute(app, deps)
  eraseRoute(app, deps)
}

function createRoute(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/users',
    {
      config,
      schema: {
        tags,
        operationId: 'createUser',
        description:
          'Creates a person whom no directory holds. A directory user who arrives later with the address becomes this person, as far as the organization links by address. 409 when another person has the address.',
        querystring: organizationQuery,
        body: userDraft,
        response: { 201: userSchema },
      },
    },
    async (request, reply) => {
      const { metadata = {}, state = 'active' } = request.body
      const draft = { values: valuesIn(request.body), metadata, state }
      const user = await transact(database, scopeOf(request), causeOf(request), (tx) => createPerson(tx, draft))
      return reply.code(201).send(representUser(user))
    },
  )
}

function updateRoute(app: AdminApp, { database }: AdminDeps): void {
  app.patch(
    '/api/users/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'updateUser',
        description:
          'Gives manual values: what a directory provides ranks above them unless the attribute is pinned. null withdraws one, and what is kept of it. 409 for the state of somebody whom a directory holds, or an address that another person has.',
        params: idParams,
        querystring: organizationQuery,
        body: userChanges,
        response: { 200: userSchema },
      },
    },
    async (request) => {
      const userId = uuidOf('user', request.params.id)
      const { metadata, state, pinned } = request.body
      const changes = {
        values: valuesIn(request.body),
        metadata,
        state,
        pinned,
        lastLoginAt: lastLoginIn(request.body),
      }
      const user = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        updatePerson(tx, userId, changes),
      )
      return representUser(found(user))
    },
  )
}

function eraseRoute(app: AdminApp, { database }: AdminDeps): void {
  app.delete(
    '/api/users/:id',
    {
      handlerTimeout: erasureMilliseconds,
      config,
      schema: {
        tags,
        operationId: 'eraseUser',
        description:
          'Erases a person: in all directories, and in what events said of it; the id alone stays. This cannot be undone. To take access away, deactivate instead. A source that still has the user may create it again: somebody new.',
        params: idParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const userId = uuidOf('user', request.params.id)
      const erased = await transact(database, scopeOf(request), causeOf(request), (tx) => erasePerson(tx, userId))
      if (!erased) throw notFound()
      return reply.code(204).send(null)
    },
  )
}
