import { setTimeout as delay } from 'node:timers/promises'
import { findRun, type OrganizationScope, read, type SyncRun } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AdminDeps } from '../admin-app.ts'
import { found } from '../ids.ts'
import { sourceProblem } from './source-problem.ts'

const waitSecondsMax = 30
const lookMilliseconds = { first: 50, most: 500 } as const

/** For a route that waits for a run (milliseconds). */
export const waitTimeout = 45_000

export const waitMember = Type.Optional(
  Type.Unsafe<boolean | number>({
    anyOf: [{ type: 'boolean' }, { type: 'number', minimum: 0, maximum: waitSecondsMax }],
    description: `How many seconds to wait for the end of the run; ${waitSecondsMax} unless set, none with \`false\` or \`Prefer: respond-async\`.`,
  }),
)

/** How long a client wants to wait, in milliseconds: as its body says, else its preference (RFC 7240 §4.1). */
export function patienceOf(request: FastifyRequest, reply: FastifyReply, wait: boolean | number | undefined): number {
  if (typeof wait === 'number') return wait * 1_000
  const isAsync = wait === undefined && /(^|,)\s*respond-async\s*(;|,|$)/i.test(String(request.headers.prefer ?? ''))
  if (isAsync) reply.header('preference-applied', 'respond-async')
  return wait === false || isAsync ? 0 : waitSecondsMax * 1_000
}

/**
 * Waits for the end of a run, for so long at most. Answers with the run: completed, or still on its way.
 * @throws MusterError for a run that failed, by what went wrong; `conflict` for one that was called off
 */
export async function awaitRun(
  { database }: Pick<AdminDeps, 'database'>,
  scope: OrganizationScope,
  requested: SyncRun,
  patienceMilliseconds: number,
): Promise<SyncRun> {
  const deadline = performance.now() + patienceMilliseconds
  let run = requested
  let pause: number = lookMilliseconds.first
  while (run.finishedAt === null && performance.now() < deadline) {
    await delay(Math.min(pause, deadline - performance.now()))
    pause = Math.min(pause * 2, lookMilliseconds.most)
    run = found(await read(database, scope, (reader) => findRun(reader, run.runId)))
  }
  const runId = toTypeId('syncRun', run.runId)
  if (run.status === 'failed') {
    throw sourceProblem(run.error ?? { code: 'unknown', message: 'The run failed without saying why.' }, runId)
  }
  if (run.status === 'cancelled') {
    const detail = 'The run was called off: the directory was paused, or its configuration changed.'
    throw new MusterError('conflict', detail, { runId })
  }
  return run
}
