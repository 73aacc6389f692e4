import { findDirectory, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { configKindOf } from '../directories/connector-config.ts'
import { directoryType } from '../directories/directory-type.ts'
import { configDraft } from '../directories/sync-representation.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { closed, idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { TestLimit } from '../webhooks/test-limit.ts'
import type { TestQuestion } from './poller-client.ts'
import { sourceProblem } from './source-problem.ts'

const route = { handlerTimeout: 40_000, config: { role: 'ADMIN' } } as const

const testResult = Type.Object({
  ok: Type.Literal(true),
  userCount: Type.Integer({ description: 'Users that a sync would read.' }),
  countedInPart: Type.Boolean({ description: 'Whether there are more than could be counted in time.' }),
  warnings: Type.Array(Type.String(), { description: 'What works and may surprise.' }),
  milliseconds: Type.Integer(),
})

const outcome =
  'Calls the source: address, certificate, credentials, permissions. 422 with a `code` and a `hint` when something is wrong. At most ten a minute.'

/** Trying how a directory is read, stored or not. */
export function directoryTestRoutes(app: AdminApp, { database, connectors, poller }: AdminDeps): void {
  const limit = new TestLimit('A directory is tested')

  app.post(
    '/api/directory/:id/test',
    {
      ...route,
      schema: {
        tags: ['syncs'],
        operationId: 'testDirectory',
        description: `${outcome} 409 for SCIM directories.`,
        params: idParams,
        querystring: organizationQuery,
        body: optionalBody(organizationChoice),
        response: { 200: testResult },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const scope = scopeOf(request)
      const directory = found(await read(database, scope, (reader) => findDirectory(reader, directoryId)))
      if (directory.type === 'SCIM') {
        const detail =
          'A SCIM directory has nothing to test from here: start the connection test of its identity provider.'
        throw new MusterError('conflict', detail)
      }
      limit.note(directoryId)
      return ask({ organizationId: scope.organizationId, directoryId })
    },
  )

  app.post(
    '/api/directory/test',
    {
      ...route,
      schema: {
        tags: ['syncs'],
        operationId: 'testDirectoryConfig',
        description: `Tries a configuration before a directory is made of it; nothing is stored. ${outcome}`,
        querystring: organizationQuery,
        body: closed({ ...organizationChoice, type: directoryType, config: configDraft }),
        response: { 200: testResult },
      },
    },
    async (request) => {
      const { type, config } = request.body
      const { organizationId } = scopeOf(request)
      configKindOf(connectors, type).assertValid(config)
      limit.note(organizationId)
      return ask({ organizationId, type, config })
    },
  )

  async function ask(question: TestQuestion) {
    const answer = await poller.test(question)
    if (!answer.ok) throw sourceProblem(answer.error)
    return { ...answer, countedInPart: answer.countedInPart ?? false }
  }
}
