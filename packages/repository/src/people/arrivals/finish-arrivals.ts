import type { HookAnswer } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Database } from '../../database/database.ts'
import { transact } from '../../database/transact.ts'
import { noteHookCall } from '../../hooks/note-hook-call.ts'
import { type HookDecision, readDecisions } from '../../hooks/read-decisions.ts'
import type { HookPolicy } from '../../tables.ts'
import type { ArrivalQuestion } from './arrival-round.ts'
import { decideArrivals } from './decide-arrivals.ts'

const nothingChanged: HookDecision = { action: 'proceed', pinned: {}, metadata: {} }

/**
 * Does what the hook answered. When it did not answer, or not as agreed about some of the users, its policy says what becomes
 * of them: they are made as they are, or wait.
 */
export async function finishArrivals(
  database: Database,
  { scope, directoryId, hook, arrivals }: ArrivalQuestion,
  answer: HookAnswer,
): Promise<void> {
  const decisions = 'body' in answer ? readDecisions(answer.body, arrivals) : undefined
  const callError = 'error' in answer ? answer.error : decisions === undefined ? 'invalidAnswer' : null
  const decided = arrivals.flatMap(({ id, directoryUserId, version }) => {
    const decision = decisions === undefined ? fallback(hook.policy) : resolve(decisions.get(id), hook.policy)
    return decision === undefined ? [] : [{ directoryUserId, version, decision }]
  })
  const isPartial = [...(decisions?.values() ?? [])].some(({ action }) => action === 'none')
  const error = callError ?? (isPartial ? 'invalidDecision' : null)
  const cause = { kind: 'hook', id: toTypeId('hook', hook.hookId) } as const
  await transact(database, scope, cause, async (tx) => {
    await decideArrivals(tx, directoryId, decided)
    await noteHookCall(tx, hook.hookId, { error, rests: callError !== null && hook.policy === 'hold' })
  })
}

/** Undefined: all of them wait for the next call, which comes when the hook has rested. */
function fallback(policy: HookPolicy): HookDecision | undefined {
  return policy === 'proceed' ? nothingChanged : undefined
}

function resolve(decision: HookDecision | undefined, policy: HookPolicy): HookDecision | undefined {
  return decision?.action === 'none' ? (fallback(policy) ?? decision) : decision
}
