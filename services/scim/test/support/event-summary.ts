import type { EventView } from '@muster/repository'
import type { Answer } from './scim-client.ts'

/** What an event must say, without what differs from run to run: ids of events and times. */
export interface EventSummary {
  sequence: number
  type: string
  directoryId: string | null
  /** The request that caused it, as its answer names it. */
  requestId: string
  data: unknown
}

export function summarize({ sequence, type, directoryId, cause, data }: EventView): EventSummary {
  return { sequence, type, directoryId, requestId: cause.id, data: withoutTimes(data) }
}

/** The same for events that one request caused, from the next sequence number on. */
export function expectedEvents(
  after: number,
  directoryId: string,
  answer: Answer,
  events: readonly (readonly [type: string, data: unknown])[],
): EventSummary[] {
  const requestId = answer.headers.get('x-request-id') ?? ''
  return events.map(([type, data], index) => ({ sequence: after + index + 1, type, directoryId, requestId, data }))
}

const timeNames: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'sessionsRevokedAt'])

/** Times become `'time'`, so that one that is missing shows. */
function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      timeNames.has(name) && isTime(inner) ? 'time' : withoutTimes(inner),
    ]),
  )
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
