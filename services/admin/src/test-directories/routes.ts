import { listTestDirectories, read, transact } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { directorySchema, directoryView } from '../directories/representation.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { displayName } from '../schema/values.ts'
import { createTestDirectory } from './create-test-directory.ts'
import { assertDevelopment } from './development-only.ts'

const tags = ['test directories']
const defaults = { name: 'Test directory', users: 10, groups: 3, domain: 'example.test' } as const

/** A thousand people and a hundred groups, in one transaction. */
const fillMilliseconds = 110_000

const draft = closed({
  ...organizationChoice,
  name: Type.Optional(displayName),
  users: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, description: `${defaults.users} unless set.` })),
  groups: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100, description: `Departments first; ${defaults.groups} unless set.` }),
  ),
  domain: Type.Optional(
    Type.String({
      pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+test$',
      maxLength: 200,
      description: `Of the addresses; ${defaults.domain} unless set. People of two directories with one address are one person.`,
    }),
  ),
})

/** Directories of made-up people, in development. */
export function testDirectoryRoutes(app: AdminApp, deps: AdminDeps): void {
  createRoute(app, deps)
  listRoute(app, deps)
}

function createRoute(app: AdminApp, deps: AdminDeps): void {
  const { database, scimBaseUrl } = deps
  app.post(
    '/api/test-directories',
    {
      handlerTimeout: fillMilliseconds,
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'createTestDirectory',
        description:
          'Creates an active SCIM directory of made-up people, the same ones every time, with the events of an identity provider that sent them. The guard lets its removals through. 403 in production.',
        querystring: organizationQuery,
        body: draft,
        response: { 201: directorySchema },
      },
    },
    async (request, reply) => {
      assertDevelopment(deps)
      const { organizationId: _, ...given } = request.body
      const options = { ...defaults, ...given }
      const created = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        createTestDirectory(tx, options),
      )
      return reply.code(201).send(directoryView(scopeOf(request), scimBaseUrl)(created))
    },
  )
}

function listRoute(app: AdminApp, deps: AdminDeps): void {
  const { database, scimBaseUrl } = deps
  app.get(
    '/api/test-directories',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listTestDirectories',
        description: 'The test directories, the newest first. 403 in production.',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(directorySchema) },
      },
    },
    (request) => {
      assertDevelopment(deps)
      return loadPage('directory', request.query, async (page) => {
        const directories = await read(database, scopeOf(request), (reader) => listTestDirectories(reader, page))
        return directories.map(directoryView(scopeOf(request), scimBaseUrl))
      })
    },
  )
}
