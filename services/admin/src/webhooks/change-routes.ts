import { newSigningSecret } from '@muster/events'
import { createWebhook, deleteWebhook, rotateWebhookSecret, transact, updateWebhook } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { callerOf, causeOf, scopeOf } from '../request-context.ts'
import { idParams, organizationQuery } from '../schema/parameters.ts'
import { overlapOf, rotatedSecretSchema, secretRotation } from '../schema/secret-rotation.ts'
import {
  createdWebhookSchema,
  readChoices,
  representWebhook,
  webhookChanges,
  webhookDraft,
  webhookSchema,
} from './representation.ts'

const tags = ['webhooks']
const config = { role: 'ADMIN' } as const

/** Adding, changing and removing webhook endpoints, and exchanging their secrets. */
export function webhookChangeRoutes(app: AdminApp, deps: AdminDeps): void {
  createRoute(app, deps)
  updateRoute(app, deps)
  deleteRoute(app, deps)
  rotateRoute(app, deps)
}

function createRoute(app: AdminApp, { database, rootKeys, outbound }: AdminDeps): void {
  app.post(
    '/api/webhooks',
    {
      config,
      schema: {
        tags,
        operationId: 'createWebhook',
        description: `Has the events of the organization delivered to a URL, signed after Standard Webhooks with the secret
in the answer. 409 when there are 20 endpoints already.`,
        querystring: organizationQuery,
        body: webhookDraft,
        response: { 201: createdWebhookSchema },
      },
    },
    async (request, reply) => {
      const { url, description, after } = request.body
      outbound.assertUrl(url)
      const secret = newSigningSecret()
      const draft = { url, description, after, secret, ...readChoices(request.body) }
      const created = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        createWebhook(tx, rootKeys, draft),
      )
      return reply.code(201).send({ ...representWebhook(created, callerOf(request).role), secret })
    },
  )
}

function updateRoute(app: AdminApp, { database, outbound }: AdminDeps): void {
  app.patch(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'updateWebhook',
        description: `What is left out stays. Other types or another directory count for what is not on its way yet. An endpoint that is
enabled goes on where it stopped; at another URL it is tried at once.`,
        params: idParams,
        querystring: organizationQuery,
        body: webhookChanges,
        response: { 200: webhookSchema },
      },
    },
    async (request) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const { url, description, status } = request.body
      if (url !== undefined) outbound.assertUrl(url)
      const changes = { url, description, status, ...readChoices(request.body) }
      const updated = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        updateWebhook(tx, id, changes),
      )
      return representWebhook(found(updated), callerOf(request).role)
    },
  )
}

function deleteRoute(app: AdminApp, { database }: AdminDeps): void {
  app.delete(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteWebhook',
        description: 'Removes the endpoint with the log of its deliveries; what waits is not delivered.',
        params: idParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const deleted = await transact(database, scopeOf(request), causeOf(request), (tx) => deleteWebhook(tx, id))
      if (!deleted) throw notFound()
      return reply.code(204).send(null)
    },
  )
}

function rotateRoute(app: AdminApp, { database, rootKeys }: AdminDeps): void {
  app.post(
    '/api/webhooks/:id/rotate-secret',
    {
      config,
      schema: {
        tags,
        operationId: 'rotateWebhookSecret',
        description:
          'Makes a new secret. For `overlapHours` every message is signed with both, then with the new one alone.',
        params: idParams,
        querystring: organizationQuery,
        body: secretRotation,
        response: { 200: rotatedSecretSchema },
      },
    },
    async (request) => {
      const id = uuidOf('webhookEndpoint', request.params.id)
      const secret = newSigningSecret()
      const overlapSeconds = overlapOf(request.body)
      const { previousExpiresAt } = found(
        await transact(database, scopeOf(request), causeOf(request), (tx) =>
          rotateWebhookSecret(tx, rootKeys, id, { secret, overlapSeconds }),
        ),
      )
      return { secret, previousSecretExpiresAt: previousExpiresAt?.toISOString() ?? null }
    },
  )
}
