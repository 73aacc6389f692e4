import { setDirectoryPaused, transact } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { directorySchema, directoryView } from './representation.ts'

const tags = ['directories']
const config = { role: 'ADMIN' } as const
const parts = { params: idParams, querystring: organizationQuery, body: optionalBody(organizationChoice) }

/** Pause and resume. */
export function directoryStateRoutes(app: AdminApp, { database, scimBaseUrl }: AdminDeps): void {
  for (const [verb, description] of [
    [
      'pause',
      'The directory takes nothing in: SCIM requests answer 503, so that the identity provider keeps them; one that is read is read no more, and a sync under way is called off.',
    ],
    ['resume', 'The directory is again what it was before it was paused; one that is read is read at once.'],
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
}
