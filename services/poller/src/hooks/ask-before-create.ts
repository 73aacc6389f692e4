import { callHook } from '@muster/events'
import { type ArrivalQuestion, finishArrivals, hookMessage, nextArrivalRound } from '@muster/repository'
import type { TaskContext } from '../tasks/task-context.ts'

/**
 * Settles the next of those who wait for the hook of an organization, up to 500 of one directory. Answers with in how many
 * seconds there is more to do: 0, at once; undefined, when somebody else arrives.
 */
export async function settleNextArrivals(
  context: TaskContext,
  organizationId: string,
): Promise<{ inSeconds: number | undefined }> {
  const round = await nextArrivalRound(context.database, organizationId, context.rootKeys)
  if (round.state === 'later') return { inSeconds: round.inSeconds }
  if (round.state === 'ask') await ask(context, round.question)
  return { inSeconds: 0 }
}

/** The call stands outside of every transaction. */
async function ask({ database, outbound, logger }: TaskContext, question: ArrivalQuestion): Promise<void> {
  const { organizationId, directory, hook, arrivals } = question
  const users = arrivals.map(({ view }) => view)
  const answer = await callHook(outbound, hook, hookMessage('before_create', organizationId, { directory, users }))
  if ('error' in answer) logger.warn({ hookId: hook.hookId, error: answer.error }, 'a hook did not answer as agreed')
  await finishArrivals(database, question, answer)
}
