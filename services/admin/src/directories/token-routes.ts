import {
  addDirectoryToken,
  findDirectory,
  listDirectoryTokens,
  type Reader,
  read,
  revokeDirectoryToken,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { issueCredential } from '../issue-credential.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf } from '../schema/page.ts'
import { idParams, organizationQuery } from '../schema/parameters.ts'
import { createdTokenSchema, representToken, tokenDraft, tokenSchema } from './token-representation.ts'

const tags = ['directories']
const config = { role: 'ADMIN' } as const
const tokenParams = Type.Object({ id: Type.String(), tokenId: Type.String() })

/** The SCIM tokens of a directory: one in use, and a second while it is replaced. */
export function tokenRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoute(app, deps)
  rotationRoutes(app, deps)
}

function listRoute(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/directory/:id/tokens',
    {
      config,
      schema: {
        tags,
        operationId: 'listTokens',
        description: 'The live tokens, never more than two: always a whole list.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: listOf(tokenSchema) },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const tokens = await read(database, scopeOf(request), async (reader) => {
        await assertTakesTokens(reader, directoryId)
        return listDirectoryTokens(reader, directoryId)
      })
      return { data: tokens.map(representToken), nextCursor: null }
    },
  )
}

function rotationRoutes(app: AdminApp, { database, pepper }: AdminDeps): void {
  app.post(
    '/api/directory/:id/tokens',
    {
      config,
      schema: {
        tags,
        operationId: 'createToken',
        description: 'Both tokens work until the older one is revoked. 409 when there are two already.',
        params: idParams,
        querystring: organizationQuery,
        body: tokenDraft,
        response: { 201: createdTokenSchema },
      },
    },
    async (request, reply) => {
      const directoryId = uuidOf('directory', request.params.id)
      const { secret, credential } = issueCredential('scim', pepper, request.body?.expiresAt)
      const created = await transact(database, scopeOf(request), causeOf(request), async (tx) => {
        await assertTakesTokens(tx, directoryId)
        return addDirectoryToken(tx, directoryId, credential)
      })
      return reply.code(201).send({ ...representToken(created), token: secret })
    },
  )

  app.delete(
    '/api/directory/:id/tokens/:tokenId',
    {
      config,
      schema: {
        tags,
        operationId: 'revokeToken',
        description: 'The token stops working within 5 seconds.',
        params: tokenParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const directoryId = uuidOf('directory', request.params.id)
      const tokenId = uuidOf('token', request.params.tokenId)
      const revoked = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        revokeDirectoryToken(tx, directoryId, tokenId),
      )
      if (!revoked) throw notFound()
      return reply.code(204).send(null)
    },
  )
}

/** @throws `notFound`, `conflict` for a directory that is fetched from instead of pushed to */
async function assertTakesTokens(reader: Reader, directoryId: string): Promise<void> {
  const directory = found(await findDirectory(reader, directoryId))
  if (directory.type !== 'SCIM') throw new MusterError('conflict', 'Only directories of type SCIM have tokens.')
}
