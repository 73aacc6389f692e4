import type { ConnectorDefinition, Notification, NotificationVerdict } from '@muster/connectors'
import { type AddressedChannel, isChannelSecret } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import type { FastifyRequest } from 'fastify'

const refused: NotificationVerdict = { means: 'refused' }

/** What a request to the address of a channel is worth. Nothing of it stands in any log, whatever becomes of it. */
export function judge(
  request: FastifyRequest,
  { secretHashes, subscriptionIds }: AddressedChannel,
  definition: ConnectorDefinition | undefined,
  logger: Pick<Logger, 'warn'>,
): NotificationVerdict {
  const support = definition?.notifications
  if (support === undefined) return refused
  try {
    return support.receive(notificationOf(request), {
      isSecret: (text) => isChannelSecret(text, secretHashes),
      subscriptionIds,
    })
  } catch (error) {
    // Its message may quote what was sent.
    logger.warn({ connector: definition?.type, name: (error as Error).name }, 'a notification could not be judged')
    return refused
  }
}

function notificationOf({ method, headers, url, body }: FastifyRequest): Notification {
  const queryAt = url.indexOf('?')
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return {
    method,
    headers: Object.fromEntries(given),
    query: new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt)),
    body: typeof body === 'string' ? body : '',
  }
}
