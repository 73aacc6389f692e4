import { addApiKey, listApiKeys, read, revokeApiKey, transact } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { notFound, uuidOf } from '../ids.ts'
import { issueCredential } from '../issue-credential.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { createdKeySchema, keyDraft, keySchema, representKey } from './representation.ts'

const tags = ['keys']
const config = { role: 'ADMIN' } as const

/** The API keys of an organization. Operator keys are made at the machine (`muster keys`), never here. */
export function keyRoutes(app: AdminApp, deps: AdminDeps): void {
  createAndListRoutes(app, deps)
  revokeRoute(app, deps)
}

function createAndListRoutes(app: AdminApp, { database, pepper }: AdminDeps): void {
  app.post(
    '/api/keys',
    {
      config,
      schema: {
        tags,
        operationId: 'createKey',
        querystring: organizationQuery,
        body: keyDraft,
        response: { 201: createdKeySchema },
      },
    },
    async (request, reply) => {
      const { name, role, expiresAt } = request.body
      const { secret, credential } = issueCredential('key', pepper, expiresAt)
      const created = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        addApiKey(tx, { ...credential, name, role }),
      )
      return reply.code(201).send({ ...representKey(created), key: secret })
    },
  )

  app.get(
    '/api/keys',
    {
      config,
      schema: {
        tags,
        operationId: 'listKeys',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(keySchema) },
      },
    },
    (request) =>
      loadPage('apiKey', request.query, async (page) => {
        const keys = await read(database, scopeOf(request), (reader) => listApiKeys(reader, page))
        return keys.map(representKey)
      }),
  )
}

function revokeRoute(app: AdminApp, { database }: AdminDeps): void {
  app.delete(
    '/api/keys/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'revokeKey',
        description: 'The key stops working within 5 seconds.',
        params: idParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const apiKeyId = uuidOf('apiKey', request.params.id)
      const revoked = await transact(database, scopeOf(request), causeOf(request), (tx) => revokeApiKey(tx, apiKeyId))
      if (!revoked) throw notFound()
      return reply.code(204).send(null)
    },
  )
}
