import { MusterError } from '@muster/runtime/errors'
import { exchange } from './exchange.ts'
import { isArray, isObject, type Json, type JsonObject, valueAt } from './json.ts'
import type { ManagementTarget } from './target.ts'

/** An event as the log shows it, checked only as far as reading the log needs it. */
export interface LoggedEvent {
  readonly type: string
  readonly sequence: number
  /** The whole event. */
  readonly json: JsonObject
}

const pageSize = 100

/**
 * Reads the directory's events after a sequence, oldest first, through all pages. `requestSignal` makes the deadline
 * of each request. Throws `unavailable` when the API does not answer, or answers with something that is no event log.
 */
export async function readEvents(
  target: ManagementTarget,
  after: number,
  requestSignal: () => AbortSignal,
): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = []
  let cursor: string | null = String(after)
  while (cursor !== null) {
    const query = { organizationId: target.organizationId, directoryId: target.directoryId }
    const page = await getJson(
      target,
      '/api/events',
      { ...query, after: cursor, limit: `${pageSize}` },
      requestSignal(),
    )
    const data = valueAt(page, 'data')
    if (!isArray(data)) throw new MusterError('unavailable', 'The event log answered without a list in "data"')
    events.push(...data.map(toLoggedEvent))
    cursor = nextCursor(page, cursor, data.length)
  }
  return events
}

/** The last sequence of the directory, 0 when it has no event yet. */
export async function readLastSequence(target: ManagementTarget, requestSignal: () => AbortSignal): Promise<number> {
  const events = await readEvents(target, 0, requestSignal)
  return events.at(-1)?.sequence ?? 0
}

/** One person by id. Throws `unavailable` when there is no such person to be had. */
export function readUser(target: ManagementTarget, id: string, signal: AbortSignal): Promise<Json> {
  return getJson(target, `/api/users/${encodeURIComponent(id)}`, { organizationId: target.organizationId }, signal)
}

async function getJson(
  target: ManagementTarget,
  path: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Json> {
  const url = `${target.adminUrl.replace(/\/+$/, '')}${path}?${new URLSearchParams(query)}`
  const headers = { accept: 'application/json', authorization: `Bearer ${target.key}` }
  const { status, body } = await exchange({ method: 'GET', url, headers }, signal)
  if (status !== 200 || body === undefined)
    throw new MusterError('unavailable', `GET ${path} answered ${status} instead of 200 with JSON`)
  return body
}

function toLoggedEvent(json: Json): LoggedEvent {
  const type = valueAt(json, 'type')
  const sequence = valueAt(json, 'sequence')
  if (!isObject(json) || typeof type !== 'string' || typeof sequence !== 'number')
    throw new MusterError('unavailable', 'The event log holds an entry without type and numeric sequence')
  return { type, sequence, json }
}

/** A cursor that stands still would be read for ever, so it is an error; an empty page is the end. */
function nextCursor(page: Json, cursor: string, count: number): string | null {
  const next = valueAt(page, 'nextCursor')
  if (next === undefined || next === null || count === 0) return null
  if (typeof next !== 'string' || next === cursor)
    throw new MusterError('unavailable', 'The event log answered with a cursor that does not advance')
  return next
}
