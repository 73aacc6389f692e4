import { callHook } from '@muster/events'
import { type Follower, finishTelling, nextTelling } from '@muster/repository'
import type { FollowerHandler } from '../follower-handler.ts'
import type { TaskContext } from '../tasks/task-context.ts'

/** Tells hooks of people who came into being: at least once, in order. */
export const afterCreate: FollowerHandler = {
  async run({ database, outbound, rootKeys, logger }: TaskContext, follower: Follower): Promise<void> {
    const telling = await nextTelling(database, follower, rootKeys)
    if (telling === undefined) return
    const { hook, message } = telling
    const answer = message.users.length === 0 ? undefined : await callHook(outbound, hook, message)
    if (answer !== undefined && 'error' in answer) {
      logger.warn({ hookId: hook.hookId, error: answer.error }, 'a hook did not answer as agreed')
    }
    await finishTelling(database, follower, telling, answer)
  },
}
