import {
  addDirectoryToken,
  createDirectory,
  deleteDirectory,
  findDirectory,
  listDirectories,
  read,
  transact,
  updateDirectory,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { issueCredential } from '../issue-credential.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import {
  createdDirectorySchema,
  directoryChanges,
  directoryDraft,
  directorySchema,
  directoryView,
} from './representation.ts'
import { checkFlagNames } from './scim-flags.ts'

const tags = ['directories']

/** The longest a deletion may take: it removes everything the directory holds in one transaction. */
const deletionMilliseconds = 110_000

export function directoryRoutes(app: AdminApp, deps: AdminDeps): void {
  readRoutes(app, deps)
  createRoute(app, deps)
  changeRoutes(app, deps)
}

function readRoutes(app: AdminApp, { database, scimBaseUrl }: AdminDeps): void {
  app.get(
    '/api/directory',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listDirectories',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(directorySchema) },
      },
    },
    (request) =>
      loadPage('directory', request.query, async (page) => {
        const directories = await read(database, scopeOf(request), (reader) => listDirectories(reader, page))
        return directories.map(directoryView(scopeOf(request), scimBaseUrl))
      }),
  )

  app.get(
    '/api/directory/:id',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'getDirectory',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: directorySchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const directory = await read(database, scopeOf(request), (reader) => findDirectory(reader, directoryId))
      return directoryView(scopeOf(request), scimBaseUrl)(found(directory))
    },
  )
}

function createRoute(app: AdminApp, { database, pepper, scimBaseUrl }: AdminDeps): void {
  app.post(
    '/api/directory',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'createDirectory',
        description: 'This release creates directories of type SCIM.',
        querystring: organizationQuery,
        body: directoryDraft,
        response: { 201: createdDirectorySchema },
      },
    },
    async (request, reply) => {
      const { name, type, scimProfile = 'compatible' } = request.body
      if (type !== 'SCIM') {
        throw new MusterError('badRequest', `This release creates directories of type SCIM only, not yet ${type}.`)
      }
      const { secret, credential } = issueCredential('scim', pepper, undefined)
      const created = await transact(database, scopeOf(request), causeOf(request), async (tx) => {
        const directory = await createDirectory(tx, { name, type, scimProfile })
        await addDirectoryToken(tx, directory.directoryId, credential)
        return directory
      })
      return reply.code(201).send({ ...directoryView(scopeOf(request), scimBaseUrl)(created), token: secret })
    },
  )
}

function changeRoutes(app: AdminApp, { database, scimBaseUrl }: AdminDeps): void {
  app.patch(
    '/api/directory/:id',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'updateDirectory',
        description: 'SCIM follows another profile or other flags within 5 seconds.',
        params: idParams,
        querystring: organizationQuery,
        body: directoryChanges,
        response: { 200: directorySchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const { organizationId: _, ...changes } = request.body
      checkFlagNames(changes.scimFlags ?? {})
      const updated = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        Object.keys(changes).length === 0 ? findDirectory(tx, directoryId) : updateDirectory(tx, directoryId, changes),
      )
      return directoryView(scopeOf(request), scimBaseUrl)(found(updated))
    },
  )

  app.delete(
    '/api/directory/:id',
    {
      handlerTimeout: deletionMilliseconds,
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'deleteDirectory',
        description: 'Deletes all it holds. People whom no other directory holds become inactive.',
        params: idParams,
        querystring: organizationQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const directoryId = uuidOf('directory', request.params.id)
      const deleted = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        deleteDirectory(tx, directoryId),
      )
      if (!deleted) throw notFound()
      return reply.code(204).send(null)
    },
  )
}
