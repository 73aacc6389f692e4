import type { RunProblem, SyncRun } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { nullableText, nullableTimestamp, timestamp } from '../schema/values.ts'

export const runPurposes = ['sync', 'plan', 'undo'] as const
export const runStatuses = ['waiting', 'running', 'completed', 'failed', 'cancelled'] as const

const errorProperties = { code: Type.String(), message: Type.String(), hint: nullableText }

export const changeCountsSchema = Type.Record(Type.String(), Type.Integer(), {
  description: 'Changes to the directory layer by kind and effect: `user.create`, `membership.remove`, …',
})

export const runSchema = Type.Object({
  id: Type.String(),
  directoryId: Type.String(),
  purpose: Type.Enum(runPurposes, { description: '`plan` says what a `sync` would do; `undo` takes one back.' }),
  occasion: Type.Enum(['schedule', 'manual', 'notification']),
  scan: Type.Enum(['full', 'delta'], { description: 'Everything, or what has changed.' }),
  status: Type.Enum(runStatuses, { description: 'One that waits goes on by itself; `cancelled`: called off.' }),
  phase: Type.Enum(['reading', 'planning', 'applying', 'judging', 'done'], {
    description: 'How far it is, or was when it ended. `judging`: removals are let go, or held when they are too many.',
  }),
  cause: Type.Object({ kind: Type.String(), id: Type.String() }),
  attempts: Type.Integer(),
  pages: Type.Integer({ description: 'Pages that were read.' }),
  read: Type.Object({ users: Type.Integer(), groups: Type.Integer(), memberships: Type.Integer() }),
  changes: Type.Object({
    total: Type.Integer(),
    done: Type.Integer(),
    byKind: changeCountsSchema,
  }),
  usersRemoved: Type.Integer({ description: 'People who were deprovisioned by it.' }),
  problemCount: Type.Integer({ description: 'Records that could not be taken in: see `…/problems`.' }),
  holdId: Type.Unsafe<string | null>({ ...nullableText, description: 'Where removals wait that were too many.' }),
  throttledMilliseconds: Type.Integer({ description: 'How long the source made it wait.' }),
  durationMilliseconds: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Null until it ended.' }),
  error: Type.Unsafe<{ code: string; message: string; hint: string | null } | null>({
    type: ['object', 'null'],
    properties: errorProperties,
    required: Object.keys(errorProperties),
    description: 'Why it failed, or why it waits for another attempt.',
  }),
  undoesRunId: Type.Unsafe<string | null>({ ...nullableText, description: 'What an `undo` takes back.' }),
  undoneBy: Type.Unsafe<string | null>({ ...nullableText, description: 'The run that took it back.' }),
  createdAt: timestamp,
  startedAt: nullableTimestamp,
  finishedAt: nullableTimestamp,
  updatedAt: timestamp,
})

export const runProblemSchema = Type.Object({
  code: Type.String({ description: 'A stable name, such as `userNameMissing`.' }),
  kind: Type.Enum(['user', 'group', 'membership']),
  sourceId: Type.String({ description: 'The id that the source gives it.' }),
  detail: Type.String(),
})

export function representRun(run: SyncRun): Static<typeof runSchema> {
  const runIdOrNull = (id: string | null) => id && toTypeId('syncRun', id)
  const { startedAt, finishedAt, error } = run
  return {
    id: toTypeId('syncRun', run.runId),
    directoryId: toTypeId('directory', run.directoryId),
    purpose: run.purpose,
    occasion: run.occasion,
    scan: run.scan,
    status: run.status,
    phase: run.phase,
    cause: run.cause,
    attempts: run.attempts,
    pages: run.pages,
    read: run.read,
    changes: { ...run.changes, byKind: run.changeCounts },
    usersRemoved: run.usersRemoved,
    problemCount: run.problemCount,
    holdId: run.holdId && toTypeId('hold', run.holdId),
    throttledMilliseconds: run.throttledMilliseconds,
    durationMilliseconds: startedAt && finishedAt && Math.max(0, finishedAt.getTime() - startedAt.getTime()),
    error: error && { code: error.code, message: error.message, hint: error.hint ?? null },
    undoesRunId: runIdOrNull(run.undoesRunId),
    undoneBy: runIdOrNull(run.undoneBy),
    createdAt: run.createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    updatedAt: run.updatedAt.toISOString(),
  }
}

export function representProblem({ code, kind, sourceId, detail }: RunProblem): Static<typeof runProblemSchema> {
  return { code, kind, sourceId, detail }
}
