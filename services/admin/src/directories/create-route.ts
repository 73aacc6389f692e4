import {
  addDirectoryToken,
  createDirectory,
  findDirectory,
  sealDirectoryConfig,
  transact,
  updateSyncSettings,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { Static } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found } from '../ids.ts'
import { issueCredential } from '../issue-credential.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { organizationQuery } from '../schema/parameters.ts'
import { type ConnectorTable, configKindOf } from './connector-config.ts'
import { createdDirectorySchema, directoryDraft, directoryView } from './representation.ts'

type Draft = Static<typeof directoryDraft>

export function createDirectoryRoute(app: AdminApp, deps: AdminDeps): void {
  const { database, pepper, rootKeys, connectors, scimBaseUrl } = deps
  app.post(
    '/api/directory',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags: ['directories'],
        operationId: 'createDirectory',
        description: `A SCIM directory answers with base URL and token for its identity provider. Any other is read by us, as its \`config\` says, for
the first time at once: try it before (POST /api/directory/test), or create it \`paused\` and look at its plan.`,
        querystring: organizationQuery,
        body: directoryDraft,
        response: { 201: createdDirectorySchema },
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request)
      const { name, type, scimProfile = 'compatible', paused = false, sync } = request.body
      const reading = readingOf(connectors, request.body)
      const { secret, credential } = issueCredential('scim', pepper, undefined)
      const created = await transact(database, scope, causeOf(request), async (tx) => {
        const { directoryId } = await createDirectory(tx, { name, type, scimProfile, isPaused: paused })
        if (reading === undefined) await addDirectoryToken(tx, directoryId, credential)
        else await sealDirectoryConfig(tx, rootKeys, directoryId, reading.config, reading.shownFields)
        if (sync !== undefined) await updateSyncSettings(tx, directoryId, sync)
        return found(await findDirectory(tx, directoryId))
      })
      const token = reading === undefined ? { token: secret } : {}
      return reply.code(201).send({ ...directoryView(scope, scimBaseUrl)(created), ...token })
    },
  )
}

/** How the new directory is to be read; undefined for SCIM. @throws `invalidValue`, `badRequest` */
function readingOf(connectors: ConnectorTable, { type, config, sync }: Draft) {
  if (type === 'SCIM') {
    assertPushedTo({ config, sync })
    return undefined
  }
  const { shownFields, assertValid } = configKindOf(connectors, type)
  if (config === undefined) throw new MusterError('invalidValue', 'body.config is required.')
  assertValid(config)
  return { config, shownFields }
}

/** @throws `invalidValue` for what only directories have that are read */
export function assertPushedTo(given: { config: unknown; sync: unknown }): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    throw new MusterError('invalidValue', `body.${name} is for directories that are read; SCIM ones are pushed to.`)
  }
}
