import {
  deleteExtensionSchema,
  findExtensionSchema,
  listExtensionSchemas,
  putExtensionSchema,
  read,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { type ExtensionSchema, isSchemaUrn, parseExtensionSchema, urnKey } from '@muster/scim'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf } from '../schema/page.ts'
import { organizationQuery } from '../schema/parameters.ts'
import { registeredSchema, representSchema, schemaDraft, schemaParams } from './representation.ts'

const tags = ['schemas']

/** The SCIM schemas that an organization registers beside the standard ones, for all its directories. */
export function schemaRoutes(app: AdminApp, deps: AdminDeps): void {
  readRoutes(app, deps)
  changeRoutes(app, deps)
}

function readRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/schemas',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listSchemas',
        description: 'All of them: an organization has at most 20.',
        querystring: organizationQuery,
        response: { 200: listOf(registeredSchema) },
      },
    },
    async (request) => {
      const schemas = await read(database, scopeOf(request), listExtensionSchemas)
      return { data: schemas.map(representSchema), nextCursor: null }
    },
  )

  app.get(
    '/api/schemas/:urn',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'getSchema',
        params: schemaParams,
        querystring: organizationQuery,
        response: { 200: registeredSchema },
      },
    },
    async (request) => {
      const urn = urnIn(request.params)
      return representSchema(
        found(await read(database, scopeOf(request), (reader) => findExtensionSchema(reader, urn))),
      )
    },
  )
}

function changeRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.put(
    '/api/schemas/:urn',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'putSchema',
        description:
          'Registers a schema or replaces the one of this URN; SCIM follows within 5 seconds. While resources have values of it, attributes can be added and descriptions changed; what would break values is a 409.',
        params: schemaParams,
        querystring: organizationQuery,
        body: schemaDraft,
        response: { 200: registeredSchema, 201: registeredSchema },
      },
    },
    async (request, reply) => {
      const extension = extensionIn(request.body)
      if (urnKey(extension.schema.id) !== urnKey(request.params.urn)) {
        throw new MusterError('invalidValue', 'body.schema.id is not the URN of the address.')
      }
      const { registered, created } = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        putExtensionSchema(tx, extension),
      )
      return reply.code(created ? 201 : 200).send(representSchema(registered))
    },
  )

  app.delete(
    '/api/schemas/:urn',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'deleteSchema',
        description: 'Only while no resource has values of it; 409 otherwise.',
        params: schemaParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const urn = urnIn(request.params)
      const deleted = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        deleteExtensionSchema(tx, urn),
      )
      if (!deleted) throw notFound()
      return reply.code(204).send(null)
    },
  )
}

/** @throws `notFound` for what no schema can be called */
function urnIn({ urn }: Static<typeof schemaParams>): string {
  if (!isSchemaUrn(urn)) throw notFound()
  return urn
}

/** @throws `invalidValue` naming the member of the document */
function extensionIn({ schema, resourceType }: Static<typeof schemaDraft>): ExtensionSchema {
  try {
    return parseExtensionSchema(schema, resourceType)
  } catch (error) {
    if (!(error instanceof MusterError)) throw error
    throw new MusterError(error.code, `body.schema: ${error.detail}.`)
  }
}
