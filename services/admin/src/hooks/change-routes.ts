import { newSigningSecret } from '@muster/events'
import { askHookAgain, createHook, deleteHook, rotateHookSecret, transact, updateHook } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { callerOf, causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { overlapOf, rotatedSecretSchema, secretRotation } from '../schema/secret-rotation.ts'
import { createdHookSchema, hookChanges, hookDraft, hookSchema, representHook } from './representation.ts'

const tags = ['hooks']
const config = { role: 'ADMIN' } as const

/** Adding, changing and removing hooks, and exchanging their secrets. */
export function hookChangeRoutes(app: AdminApp, deps: AdminDeps): void {
  createRoute(app, deps)
  updateRoute(app, deps)
  deleteRoute(app, deps)
  rotateRoute(app, deps)
  askAgainRoute(app, deps)
}

function createRoute(app: AdminApp, { database, rootKeys, outbound }: AdminDeps): void {
  app.post(
    '/api/hooks',
    {
      config,
      schema: {
        tags,
        operationId: 'createHook',
        description: `Has an application decide about new people, or told of them, by calls that are signed after Standard Webhooks with the
secret in the answer. 409 when there is one of the kind already.`,
        querystring: organizationQuery,
        body: hookDraft,
        response: { 201: createdHookSchema },
      },
    },
    async (request, reply) => {
      const { organizationId, ...draft } = request.body
      outbound.assertUrl(draft.url)
      const secret = newSigningSecret()
      const created = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        createHook(tx, rootKeys, { ...draft, secret }),
      )
      return reply.code(201).send({ ...representHook(created, callerOf(request).role), secret })
    },
  )
}

function updateRoute(app: AdminApp, { database, outbound }: AdminDeps): void {
  app.patch(
    '/api/hooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'updateHook',
        description: 'What is left out stays. A hook that rests after a failure is called at once.',
        params: idParams,
        querystring: organizationQuery,
        body: hookChanges,
        response: { 200: hookSchema },
      },
    },
    async (request) => {
      const id = uuidOf('hook', request.params.id)
      const { organizationId, ...changes } = request.body
      if (changes.url !== undefined) outbound.assertUrl(changes.url)
      const updated = await transact(database, scopeOf(request), causeOf(request), (tx) => updateHook(tx, id, changes))
      return representHook(found(updated), callerOf(request).role)
    },
  )
}

function deleteRoute(app: AdminApp, { database }: AdminDeps): void {
  app.delete(
    '/api/hooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteHook',
        description: 'Removes the hook. Who waits for a `before_create`, or was vetoed by it, comes into being.',
        params: idParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const id = uuidOf('hook', request.params.id)
      if (!(await transact(database, scopeOf(request), causeOf(request), (tx) => deleteHook(tx, id)))) throw notFound()
      return reply.code(204).send(null)
    },
  )
}

function rotateRoute(app: AdminApp, { database, rootKeys }: AdminDeps): void {
  app.post(
    '/api/hooks/:id/rotate-secret',
    {
      config,
      schema: {
        tags,
        operationId: 'rotateHookSecret',
        description:
          'Makes a new secret. For `overlapHours` every call is signed with both, then with the new one alone.',
        params: idParams,
        querystring: organizationQuery,
        body: secretRotation,
        response: { 200: rotatedSecretSchema },
      },
    },
    async (request) => {
      const id = uuidOf('hook', request.params.id)
      const secret = newSigningSecret()
      const overlapSeconds = overlapOf(request.body)
      const { previousExpiresAt } = found(
        await transact(database, scopeOf(request), causeOf(request), (tx) =>
          rotateHookSecret(tx, rootKeys, id, { secret, overlapSeconds }),
        ),
      )
      return { secret, previousSecretExpiresAt: previousExpiresAt?.toISOString() ?? null }
    },
  )
}

function askAgainRoute(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/hooks/:id/arrivals/ask-again',
    {
      config,
      schema: {
        tags,
        operationId: 'askHookAgain',
        description:
          'Has everybody whom a `before_create` vetoed asked about again, and those who rest asked about at once. An `after_create` has nobody to ask about.',
        params: idParams,
        querystring: organizationQuery,
        body: optionalBody(organizationChoice),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const id = uuidOf('hook', request.params.id)
      const isThere = await transact(database, scopeOf(request), causeOf(request), (tx) => askHookAgain(tx, id))
      if (!isThere) throw notFound()
      return reply.code(204).send(null)
    },
  )
}
