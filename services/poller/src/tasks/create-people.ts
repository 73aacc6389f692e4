import { queueArrivals } from '@muster/repository'
import { settleNextArrivals } from '../hooks/ask-before-create.ts'
import type { TaskContext } from './task-context.ts'

/** How long a job works for one organization before it lets others have their turn. */
const jobMilliseconds = 30_000

/** Has those decided about who wait for the hook of an organization, until nobody does, or the hook is to rest. */
export async function createPeople(context: TaskContext, payload: unknown): Promise<void> {
  if (!isCreatePeopleJob(payload)) throw new TypeError('The payload names no organization')
  const { organizationId } = payload
  const deadline = performance.now() + jobMilliseconds
  for (;;) {
    const { inSeconds } = await settleNextArrivals(context, organizationId)
    if (inSeconds === undefined) return
    if (inSeconds > 0 || performance.now() > deadline) {
      await queueArrivals(context.database, organizationId, inSeconds)
      return
    }
  }
}

function isCreatePeopleJob(payload: unknown): payload is { organizationId: string } {
  if (typeof payload !== 'object' || payload === null) return false
  return typeof (payload as Record<string, unknown>).organizationId === 'string'
}
