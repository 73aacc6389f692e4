import { findSource } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { checkSource, type OpenConnector, type SourceCheck } from '@muster/sync'
import type { FastifyInstance } from 'fastify'
import { givenSource, storedSource } from '../syncs/open-source.ts'
import type { TaskContext } from '../tasks/task-context.ts'

/** Whoever waits for the answer waits a little longer. */
const testMilliseconds = 25_000

/**
 * `POST /directories/test`: tries the source of a directory (`{ organizationId, directoryId }`), or one that is not stored
 * (`{ organizationId, type, config }`). What fails is the answer, with a code and a hint, never with a secret.
 */
export function testDirectories(app: FastifyInstance, context: TaskContext): void {
  app.post('/directories/test', async (request): Promise<SourceCheck> => {
    const open = await sourceOf(context, request.body)
    return checkSource(open, {
      milliseconds: testMilliseconds,
      onError: (err) => context.logger.info({ err }, 'a source did not pass its test'),
    })
  })
}

async function sourceOf(context: TaskContext, body: unknown): Promise<OpenConnector> {
  const { organizationId, directoryId, type, config } = isRecord(body) ? body : {}
  if (isId(organizationId) && isId(directoryId)) {
    const found = await findSource(context.database, { organizationId, directoryId })
    if (found === undefined) throw new MusterError('notFound', 'There is no such directory.')
    return storedSource(context, found)
  }
  if (isId(organizationId) && typeof type === 'string' && isRecord(config)) {
    return givenSource(context, { type, config })
  }
  throw new MusterError('badRequest', 'organizationId with directoryId, or with type and config, is expected.')
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isUuid(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
