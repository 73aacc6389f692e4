import {
  changeDirectoryConfig,
  changeSettings,
  type DirectoryChanges,
  deleteDirectory,
  findDirectory,
  listDirectories,
  read,
  type Transaction,
  transact,
  updateDirectory,
  updateSyncSettings,
} from '@muster/repository'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { changeTimeout, finish } from '../settlements/finish.ts'
import { configKindOf } from './connector-config.ts'
import { assertPushedTo, createDirectoryRoute } from './create-route.ts'
import { changedDirectorySchema, directoryChanges, directorySchema, directoryView } from './representation.ts'
import { checkFlagNames } from './scim-flags.ts'
import { directorySettings } from './settings-routes.ts'

const tags = ['directories']

/** The longest a deletion may take: it removes everything the directory holds in one transaction. */
const deletionMilliseconds = 110_000

export function directoryRoutes(app: AdminApp, deps: AdminDeps): void {
  readRoutes(app, deps)
  createDirectoryRoute(app, deps)
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

function changeRoutes(app: AdminApp, deps: AdminDeps): void {
  const { database, scimBaseUrl } = deps
  app.patch(
    '/api/directory/:id',
    {
      handlerTimeout: changeTimeout,
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'updateDirectory',
        description:
          'SCIM follows another profile or other flags within 5 seconds. Filters are judged by the guard as a whole: when they remove too much, the removals wait in a hold. 202 while people are derived anew. Another `config` calls off a sync under way and reads everything anew.',
        params: idParams,
        querystring: organizationQuery,
        body: directoryChanges,
        response: { 200: changedDirectorySchema, 202: changedDirectorySchema },
      },
    },
    async (request, reply) => {
      const [scope, cause] = [scopeOf(request), causeOf(request)]
      const directoryId = uuidOf('directory', request.params.id)
      const { plain, settings, reading } = splitChanges(request.body)
      checkFlagNames(plain.scimFlags ?? {})
      const change = directorySettings(directoryId, settings)
      if (Object.keys(plain).length > 0 || reading.config || reading.sync) {
        await transact(database, scope, cause, async (tx) => {
          await changeReading(tx, deps, directoryId, reading)
          if (Object.keys(plain).length > 0) found(await updateDirectory(tx, directoryId, plain))
        })
      }
      const { status, started } = await finish(deps, scope, found(await changeSettings(database, scope, cause, change)))
      const directory = found(await read(database, scope, (reader) => findDirectory(reader, directoryId)))
      return reply.code(status).send({ ...directoryView(scope, scimBaseUrl)(directory), ...started })
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

type Changes = Static<typeof directoryChanges>

/** How the directory is read from now on. @throws `notFound`, `invalidValue` also for one that is pushed to */
async function changeReading(
  tx: Transaction,
  { connectors, rootKeys }: AdminDeps,
  directoryId: string,
  { config, sync }: Pick<Changes, 'config' | 'sync'>,
): Promise<void> {
  if (config === undefined && sync === undefined) return
  const { type } = found(await findDirectory(tx, directoryId))
  if (type === 'SCIM') assertPushedTo({ config, sync })
  if (config !== undefined) {
    const change = { directoryId, changes: config }
    await changeDirectoryConfig(tx, rootKeys, change, configKindOf(connectors, type))
  }
  if (sync !== undefined) await updateSyncSettings(tx, directoryId, sync)
}

/** What is simply stored, what people are derived by, and how the directory is read. */
function splitChanges(body: Changes) {
  const { name, scimProfile, scimFlags, silentAfterHours, config, sync, ...settings } = body
  const plain: DirectoryChanges = {
    ...(name && { name }),
    ...(scimProfile && { scimProfile }),
    ...(scimFlags && { scimFlags }),
    ...(silentAfterHours !== undefined && { silentAfterHours }),
  }
  return { plain, settings, reading: { config, sync } }
}
