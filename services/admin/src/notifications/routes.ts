import { type NotificationSupport, notificationAddress } from '@muster/connectors'
import {
  type Directory,
  disableChannel,
  enableChannel,
  findChannel,
  findDirectory,
  hashChannelSecret,
  newChannelSecret,
  type Reader,
  read,
  rotateChannel,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { encodeUuid } from '@muster/runtime/type-ids'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { overlapOf, secretRotation } from '../schema/secret-rotation.ts'
import { changedChannelSchema, channelSchema, representChannel } from './representation.ts'

const config = { role: 'ADMIN' } as const
const parts = { tags: ['notifications'], params: idParams, querystring: organizationQuery }

/** Whether the source of a directory tells of changes as they happen. */
export function notificationRoutes(app: AdminApp, deps: AdminDeps): void {
  showRoute(app, deps)
  enableRoute(app, deps)
  rotateRoute(app, deps)
  disableRoute(app, deps)
}

function showRoute(app: AdminApp, deps: AdminDeps): void {
  app.get(
    '/api/directory/:id/notifications',
    {
      config: { role: 'VIEWER' },
      schema: {
        ...parts,
        operationId: 'getNotifications',
        description: 'Whether the source tells of changes as they happen, and since when it has not.',
        response: { 200: channelSchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      return read(deps.database, scopeOf(request), async (reader) =>
        viewOf(reader, deps, found(await findDirectory(reader, directoryId))),
      )
    },
  )
}

function enableRoute(app: AdminApp, deps: AdminDeps): void {
  app.put(
    '/api/directory/:id/notifications',
    {
      config,
      schema: {
        ...parts,
        operationId: 'enableNotifications',
        description: `Has the source tell of changes, which are read at once. A \`manual\` channel that is new is answered with its \`secret\`, once.
409 for SCIM directories, and for sources that cannot tell.`,
        body: optionalBody(organizationChoice),
        response: { 200: changedChannelSchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const secret = newChannelSecret()
      return transact(deps.database, scopeOf(request), causeOf(request), async (tx) => {
        const directory = found(await findDirectory(tx, directoryId))
        const kind = supportOf(deps, directory).subscriptions ? 'subscribed' : 'manual'
        assertReachable(deps)
        const isNew = await enableChannel(tx, directoryId, { kind, secretHash: hashChannelSecret(secret) })
        return { ...(await viewOf(tx, deps, directory)), ...(isNew && kind === 'manual' && { secret }) }
      })
    },
  )
}

function rotateRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/directory/:id/notifications/rotate',
    {
      config,
      schema: {
        ...parts,
        operationId: 'rotateNotifications',
        description: `Exchanges the secret. Of a \`manual\` channel it is in the answer, and for \`overlapHours\` the one before counts, too; with a
\`subscribed\` one the source is asked anew. 409 when notifications are off.`,
        body: secretRotation,
        response: { 200: changedChannelSchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      const secret = newChannelSecret()
      const overlapSeconds = overlapOf(request.body)
      const change = { secretHash: hashChannelSecret(secret), overlapSeconds }
      return transact(deps.database, scopeOf(request), causeOf(request), async (tx) => {
        const directory = found(await findDirectory(tx, directoryId))
        const kind = await rotateChannel(tx, directoryId, change)
        if (kind === undefined) throw new MusterError('conflict', 'Notifications of this directory are off.')
        return { ...(await viewOf(tx, deps, directory)), ...(kind === 'manual' && { secret }) }
      })
    },
  )
}

function disableRoute(app: AdminApp, deps: AdminDeps): void {
  app.delete(
    '/api/directory/:id/notifications',
    {
      config,
      schema: {
        ...parts,
        operationId: 'disableNotifications',
        description:
          'Takes no notifications any more; what the source has promised is ended there soon. The directory is read by schedule.',
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const directoryId = uuidOf('directory', request.params.id)
      const isThere = await transact(deps.database, scopeOf(request), causeOf(request), async (tx) => {
        await disableChannel(tx, directoryId)
        return (await findDirectory(tx, directoryId)) !== undefined
      })
      if (!isThere) throw notFound()
      return reply.code(204).send(null)
    },
  )
}

async function viewOf(reader: Reader, { connectors, scimBaseUrl }: AdminDeps, { directoryId, type }: Directory) {
  const channel = await findChannel(reader, directoryId)
  return representChannel(channel, {
    address: channel && notificationAddress(scimBaseUrl, encodeUuid(channel.channelId)),
    instructions: type === 'SCIM' ? undefined : connectors[type]?.notifications?.instructions,
  })
}

/** @throws MusterError `conflict` saying why there can be none */
function supportOf({ connectors }: AdminDeps, { type }: Directory): NotificationSupport<never> {
  if (type === 'SCIM') {
    throw new MusterError(
      'conflict',
      'A SCIM directory needs no notifications: its identity provider sends changes itself.',
    )
  }
  const support = connectors[type]?.notifications
  if (support !== undefined) return support
  throw new MusterError(
    'conflict',
    `A source of type ${type} cannot tell of changes: it is read by schedule, see sync.intervalMinutes.`,
  )
}

/** @throws MusterError `conflict` when no source could call us */
function assertReachable({ scimBaseUrl }: AdminDeps): void {
  if (notificationAddress(scimBaseUrl, '') !== undefined) return
  const detail =
    'Sources notify https addresses only: the operator sets SCIM_BASE_URL to what the SCIM service is reached by.'
  throw new MusterError('conflict', detail)
}
