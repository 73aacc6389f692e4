import { findDirectory, read, setDirectoryPaused, transact } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { directorySchema, directoryView } from './representation.ts'

const tags = ['directories']
const config = { role: 'ADMIN' } as const
const parts = { params: idParams, querystring: organizationQuery, body: optionalBody(organizationChoice) }

/** Pause, resume, sync now. */
export function directoryStateRoutes(app: AdminApp, { database, scimBaseUrl }: AdminDeps): void {
  for (const [verb, description] of [
    ['pause', 'The directory takes nothing in: SCIM requests answer 503, so that the identity provider keeps them.'],
    ['resume', 'The directory is again what it was before it was paused.'],
  ] as const) {
    app.post(
      `/api/directory/:id/${verb}`,
      {
        config,
        schema: { tags, operationId: `${verb}Directory`, description, ...parts, response: { 200: directorySchema } },
      },
      async (request) => {
        const directoryId = uuidOf('directory', request.params.id)
        const changed = await transact(database, scopeOf(request), causeOf(request), (tx) =>
          setDirectoryPaused(tx, directoryId, verb === 'pause'),
        )
        return directoryView(scopeOf(request), scimBaseUrl)(found(changed))
      },
    )
  }

  app.post(
    '/api/directory/:id/sync',
    {
      config,
      schema: { tags, operationId: 'syncDirectory', description: 'Always 409 for SCIM directories.', ...parts },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      found(await read(database, scopeOf(request), (reader) => findDirectory(reader, directoryId)))
      throw new MusterError(
        'conflict',
        'A SCIM directory cannot be synced from here: its identity provider decides when to send. Start provisioning there.',
      )
    },
  )
}
