import type { AuditHead, AuditQuery } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { type Static, Type } from 'typebox'
import type { closed } from '../schema/parameters.ts'
import { searchText, timestamp } from '../schema/values.ts'

/** What narrows a list or count of audit entries. */
export const auditFilters = {
  action: Type.Optional({ ...searchText, description: 'What was done: `directory.update`.' }),
  actor: Type.Optional({ ...searchText, description: 'The `id` of the actor, such as an API key.' }),
  target: Type.Optional({ ...searchText, description: 'The id of what it was done to.' }),
  since: Type.Optional({ ...timestamp, description: 'ISO 8601; entries from then on.' }),
  until: Type.Optional({ ...timestamp, description: 'ISO 8601; entries before.' }),
}

export function readFilters(query: Static<ReturnType<typeof closed<typeof auditFilters>>>): AuditQuery {
  const { action, actor, target, since, until } = query
  return {
    ...{ action, actor, target },
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  }
}

/** A head that somebody kept. */
export const expectation = {
  expectedSequence: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'A `sequence` of `/head`.' })),
  expectedHash: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'The `hash` that came with it: the trail must still have it.',
    }),
  ),
}

/** @throws `invalidValue` when there is only one half */
export function readExpectation(query: Static<ReturnType<typeof closed<typeof expectation>>>): AuditHead | undefined {
  const { expectedSequence: sequence, expectedHash: hash } = query
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash }
  if (sequence === undefined && hash === undefined) return undefined
  throw new MusterError('invalidValue', 'query.expectedSequence and query.expectedHash belong together.')
}
